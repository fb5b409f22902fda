"""What `make evaluate` and `make compare` measure, and how they show it."""
