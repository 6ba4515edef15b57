"""Forgetting that is true: what is deleted is gone from every store, and a receipt says so."""
