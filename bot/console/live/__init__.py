"""Telling open pages that something changed. The page then asks for itself what it may see."""
