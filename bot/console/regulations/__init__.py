"""The register of regulations, what a change does to articles, and who is told of it."""
