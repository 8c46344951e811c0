"""Whether questions and answers are still what they were: today's against a baseline."""
