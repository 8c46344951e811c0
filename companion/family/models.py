"""The tables of the family portal: hand-over notes of facilities."""

from companion.family.facility.models import HandoverNote, NoteReceipt

__all__ = ["HandoverNote", "NoteReceipt"]
