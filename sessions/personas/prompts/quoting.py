"""Marks around what others wrote, which nothing inside can imitate."""

__all__ = ["CLOSE", "OPEN", "neutral", "quoted"]

OPEN, CLOSE = "⟦", "⟧"
# The marks, and the brackets that look like them, become plain ones.
LOOKALIKES = str.maketrans(
    {"⟦": "[", "〚": "[", "⟬": "[", "【": "[", "⟧": "]", "〛": "]", "⟭": "]", "】": "]"}
)


def neutral(text: str) -> str:
    """Return `text` without any mark; everything else stays as it was written."""
    return text.translate(LOOKALIKES)


def quoted(kind: str, text: str) -> str:
    """Return `text` as data between a mark that opens `kind` and one that closes it."""
    return f"{OPEN}{kind}{CLOSE}\n{neutral(text)}\n{OPEN}/{kind}{CLOSE}"
