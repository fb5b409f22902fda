"""Calling an officer in the browser: what is worth it now, and what makes the console an app."""
