"""For how long what is kept."""
