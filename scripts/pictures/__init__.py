"""The pictures of the README and the guides, and every screen to be looked at."""
