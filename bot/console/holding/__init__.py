"""Whose a ticket is and what it is called: transfer, back to the queue, tags."""
