"""The family portal: dashboard, alerts inbox, live updates, the facility board.

Shows what `companion.circle.access` allows, and nothing else. Live hints come on the group `senior.<id>`.
"""
