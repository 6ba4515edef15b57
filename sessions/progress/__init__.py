"""Where the user stands: what they set out to do, what was tried, what is next; and a recap."""

from .recap import recap
from .steps import progress_of, stepped

__all__ = ["progress_of", "recap", "stepped"]
