"""The published articles, to read."""
