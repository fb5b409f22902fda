"""The FAQ: articles and their revisions, finding the right one, what became of each answer."""
