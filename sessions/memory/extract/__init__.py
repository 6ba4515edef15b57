"""Facts found in a turn: by rules in English and Korean, or by a language model."""

from .english import names_somebody
from .found import Ended, Found, Moved
from .rules import from_answer, from_user, may_tell

__all__ = ["Ended", "Found", "Moved", "from_answer", "from_user", "may_tell", "names_somebody"]
