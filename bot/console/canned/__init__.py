"""Canned replies: seen by the desk, kept by supervisors."""
