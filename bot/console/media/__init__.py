"""Files that applicants sent, safe to open."""
