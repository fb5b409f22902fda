"""What waits for editors: officers' marks, and groups of questions that the bot failed."""
