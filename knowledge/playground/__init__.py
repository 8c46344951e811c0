"""Where a curator tries a question and sees every step to its answer."""
