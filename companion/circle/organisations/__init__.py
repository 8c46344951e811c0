"""Organisations that look after many seniors: units, staff, shifts, residents."""
