"""A conversation in the terminal: `python -m ion_client.chat`."""
