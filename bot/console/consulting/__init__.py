"""PLI's side of a question to a section: asking it, telling more, using what it explained."""
