"""The reports by period, as pages, pictures and files."""
