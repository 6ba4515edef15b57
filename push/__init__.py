"""Notifications to phones and browsers: devices, an outbox, rules, and who carries them.

It knows nothing of sessions: what it must know of conversations it asks through `ports`.
"""
