"""Approved templates: seen by the desk, kept by supervisors."""
