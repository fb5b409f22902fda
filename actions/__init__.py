"""Rasa's custom actions: each makes one move of the dialogue and says what it returns."""
