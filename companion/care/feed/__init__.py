"""The calendar feed: a secret address that a calendar program reads a senior's plan from, until it is taken back."""
