"""The live board, for supervisors and for a screen on the wall."""
