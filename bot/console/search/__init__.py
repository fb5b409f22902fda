"""Finding people, numbers, tickets and anything that was said."""
