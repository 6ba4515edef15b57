"""Bodies of API v2, kept for existing clients; docs/api-v1-v2.md explains each."""
