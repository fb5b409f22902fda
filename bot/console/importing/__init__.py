"""An office's table of questions and answers, looked through before drafts come of it."""
