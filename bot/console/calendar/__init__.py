"""The office calendar: its versions, its editor, its days."""
