"""Benchmarks: each prints a table with ratios, and writes JSON beside it."""
