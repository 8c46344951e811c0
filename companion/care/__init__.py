"""Medicines and doses, journal, check-ins, trends.

Raises alerts through `companion.safety.actions`, and asks chat to show a reminder by the typed event
`companion.chat.events.Reminder`, sent to the person's group; it never imports chat.
"""
