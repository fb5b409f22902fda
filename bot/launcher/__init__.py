"""Starts the whole system on one machine, watches it, and stops it."""
