"""Trying a draft against remembered questions before it is published."""
