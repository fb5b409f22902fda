"""A day's questions under another calendar, roster or target."""
