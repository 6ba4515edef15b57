"""Marks around what others wrote, which nothing inside can imitate."""

import re

from .cleaning import cleaned

__all__ = ["CLOSE", "MARGIN", "OPEN", "neutral", "neutral_answer", "quoted"]

OPEN, CLOSE = "⟦", "⟧"
# Every line of data begins with it, so none can begin with a mark, a heading or a role.
MARGIN = "> "
# The marks, and the brackets that look like them, become plain ones.
LOOKALIKES = str.maketrans(
    {**dict.fromkeys("⟦〚⟬【⁅〖〘⦋⦍⦏", "["), **dict.fromkeys("⟧〛⟭】⁆〗〙⦌⦎⦐", "]")}
)
LOOKALIKE = re.compile(f"[{''.join(map(chr, LOOKALIKES))}]")
BAR = "[|｜¦│❘∣ǀ]"
# What chat templates of language models reserve; told apart from code by the exact names.
BARRED = re.compile(rf"[<＜]\s*{BAR}([^<>|｜\n]{{1,40}}?){BAR}\s*[>＞]")
TAGS = re.compile(
    r"<(/?(?:s|bos|eos|pad|unk|mask|think|thinking|system|user|assistant|human|instructions?|prompt"
    r"|tool_calls?|tool_response|function_calls?|(?:start|end)_of_(?:turn|image|role)"
    r"|end_of_text|begin_of_text|unused\d+|extra_id_\d+))>",
    re.IGNORECASE,
)
LLAMA = re.compile(r"<<(/?SYS)>>", re.IGNORECASE)
MISTRAL = re.compile(
    r"\[(/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|THINK))\]", re.IGNORECASE
)
ROLE = re.compile(
    r"^([ \t#*]*(?:system|user|assistant|human|developer|tool|시스템|사용자)[ \t*]*)[:：∶]",
    re.IGNORECASE | re.MULTILINE,
)


def neutral(text: str) -> str:
    """Return `text` without marks, invisible characters and words reserved by chat templates.

    Reserved words stay readable in other brackets; everything else stays as it was written, with
    every kind of line break as a newline. Done twice it changes nothing more.
    """
    plain = cleaned(text.translate(LOOKALIKES) if LOOKALIKE.search(text) else text)
    if "<" in plain or "＜" in plain:
        plain = BARRED.sub(r"‹|\1|›", TAGS.sub(r"‹\1›", LLAMA.sub(r"‹‹\1››", plain)))
    return MISTRAL.sub(r"(\1)", plain) if "[" in plain else plain


def neutral_answer(text: str) -> str:
    """Return an earlier answer as its author's own words: no line of it names another role."""
    return ROLE.sub(r"\1 –", neutral(text))


def quoted(kind: str, text: str) -> str:
    """Return `text` as data between a mark that opens `kind` and one that closes it."""
    lines = "\n".join(f"{MARGIN}{line}" for line in neutral(text).split("\n"))
    return f"{OPEN}{kind}{CLOSE}\n{lines}\n{OPEN}/{kind}{CLOSE}"
