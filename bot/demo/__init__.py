"""`make demo`: a conversation played in the terminal over the real path."""
