"""The journal: mood, sleep, pain and readings, and what they show over time."""
