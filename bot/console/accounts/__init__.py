"""Accounts and sections."""
