"""The remembered questions that publications are tried against."""
