"""Web Push: messages to browsers (RFC 8030), encrypted (RFC 8291) and signed (RFC 8292)."""
