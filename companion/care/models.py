"""The tables of care, each with its part: medicines, journal, calendar."""
