"""A deadline explains itself."""
