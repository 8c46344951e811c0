"""The shared calendar: visits, and tasks that somebody of the circle takes on."""
