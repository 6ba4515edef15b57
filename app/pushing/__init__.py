"""Where conversations and notifications meet: neither knows the other."""
