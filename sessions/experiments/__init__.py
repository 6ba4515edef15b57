"""Experiments: who gets which variant, what came of it, and when to widen or to roll back."""
