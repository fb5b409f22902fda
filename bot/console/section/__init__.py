"""What a section was asked, and its answers."""
