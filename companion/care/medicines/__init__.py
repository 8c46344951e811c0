"""Medicines and doses: when each is due, what was done, stock, adherence, reminders."""
