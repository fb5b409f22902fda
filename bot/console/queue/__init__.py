"""What waits, in the order of its deadlines."""
