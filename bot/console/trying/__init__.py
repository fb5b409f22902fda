"""Trying a question: what the public would get, and why."""
