"""What later turns need of a message: names, goals, obstacles, dates, people, feelings."""

from .extract import extract
from .ledger import merge

__all__ = ["extract", "merge"]
