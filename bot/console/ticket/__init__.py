"""A conversation and its ticket: read, take over, reply, consult, hand back, close."""
