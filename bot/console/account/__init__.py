"""The menu of one's own account: language, signing out."""
