"""Maraga Care: a customs office answers people on WhatsApp, at once or by a person."""
