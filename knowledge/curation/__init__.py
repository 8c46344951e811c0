"""Writing, reviewing and correcting entries: versions, warnings, roles."""
