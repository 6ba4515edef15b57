"""Pages of others with the chat on them: site keys, the origins they hold for, their visitors."""
