"""Firebase Cloud Messaging: Android, and Apple's devices through it."""
