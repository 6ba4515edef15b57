"""How far the estimate of tokens is off, against a vocabulary."""

from collections import defaultdict
from collections.abc import Iterable
from statistics import fmean, quantiles

from msgspec import Struct

from .estimate import CountTokens, estimate_tokens

__all__ = ["Error", "Labelled", "measure", "table"]


class Labelled(Struct, frozen=True, kw_only=True):
    """A text and its language."""

    text: str
    language: str


class Error(Struct, frozen=True, kw_only=True):
    """Over the texts of a language: all tokens, those estimated, and how far a text is off.

    `bias` is estimated tokens over tokens, less one; `mean` and `p90` are of the size of a text's
    own error, as a share of its tokens.
    """

    texts: int
    tokens: int
    estimated: int
    bias: float
    mean: float
    p90: float


def measure(examples: Iterable[Labelled], count: CountTokens) -> dict[str, Error]:
    """Return the error by language; texts without tokens are left out."""
    pairs: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for example in examples:
        if tokens := count(example.text):
            pairs[example.language].append((estimate_tokens(example.text), tokens))
    return {language: _error(found) for language, found in sorted(pairs.items())}


def table(report: dict[str, Error]) -> str:
    """Return the report for people."""
    lines = ["language  texts  tokens  estimated    bias  mean error  p90 error"]
    lines += [
        f"{language:<8}  {each.texts:>5}  {each.tokens:>6}  {each.estimated:>9}"
        f"  {each.bias:>+6.1%}  {each.mean:>10.1%}  {each.p90:>9.1%}"
        for language, each in report.items()
    ]
    return "\n".join(lines) + "\n"


def _error(pairs: list[tuple[int, int]]) -> Error:
    estimated, tokens = (sum(each) for each in zip(*pairs, strict=True))
    off = [abs(guess - true) / true for guess, true in pairs]
    return Error(
        texts=len(pairs),
        tokens=tokens,
        estimated=estimated,
        bias=estimated / tokens - 1,
        mean=fmean(off),
        p90=quantiles(off, n=10)[-1] if len(off) > 1 else off[0],
    )
