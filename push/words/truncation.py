"""Texts cut to a size in bytes, between what a reader takes for characters."""

from wcwidth import iter_graphemes

__all__ = ["truncated"]

ELLIPSIS = "…"


def truncated(text: str, most_bytes: int) -> str:
    """Return a text of at most `most_bytes` bytes of UTF-8, with "…" where it was cut.

    No grapheme cluster (UAX 29) is cut. A limit too small for "…" gives "".
    """
    if len(text.encode()) <= most_bytes:
        return text
    left = most_bytes - len(ELLIPSIS.encode())
    if left < 0:
        return ""
    kept: list[str] = []
    # a character has at least a byte: what is behind the limit cannot be kept
    for cluster in iter_graphemes(text[: left + 1]):
        left -= len(cluster.encode())
        if left < 0:
            break
        kept.append(cluster)
    return "".join(kept).rstrip() + ELLIPSIS
