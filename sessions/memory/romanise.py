"""Korean names in Latin letters, so that a person is one in both languages."""

__all__ = ["romanised"]

_FIRST = "g,kk,n,d,tt,r,m,b,pp,s,ss,,j,jj,ch,k,t,p,h".split(",")  # noqa: SIM905 - a table
_MIDDLE = "a,ae,ya,yae,eo,e,yeo,ye,o,wa,wae,oe,yo,u,wo,we,wi,yu,eu,ui,i".split(",")  # noqa: SIM905
# as they are heard at a word's end
_LAST = ",k,k,k,n,n,n,t,l,k,m,l,l,l,p,l,m,p,p,t,t,ng,t,t,k,t,p,t".split(",")  # noqa: SIM905


def romanised(text: str) -> str:
    """Return `text` with Hangul in the Revised Romanisation, syllable by syllable, in lower case.

    Sounds don't change at the joints of syllables.
    """
    return "".join(map(_syllable, text.casefold()))


def _syllable(letter: str) -> str:
    place = ord(letter) - 0xAC00
    if not 0 <= place < 11_172:
        return letter
    first, rest = divmod(place, 588)
    middle, last = divmod(rest, 28)
    return _FIRST[first] + _MIDDLE[middle] + _LAST[last]
