"""The board of a care home: many residents by urgency, hand-over notes, the reminders round."""
