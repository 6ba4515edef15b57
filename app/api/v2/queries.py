"""Numbers in queries."""

from litestar.exceptions import ValidationException

from app.api.endpoint import Asked

__all__ = ["whole_number"]

_DIGITS = 10


def whole_number(request: Asked, name: str, *, default: int, most: int) -> int:
    """Return a query parameter from 1 to `most`; raises ValidationException."""
    raw = request.query_params.get(name)
    if raw is None:
        return default
    if raw.isascii() and raw.isdecimal() and len(raw) <= _DIGITS and 1 <= int(raw) <= most:
        return int(raw)
    raise ValidationException(f"{name}: a number between 1 and {most}")
