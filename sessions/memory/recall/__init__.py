"""Bringing back what was said: an index of each user's turns and facts, on the documents."""
