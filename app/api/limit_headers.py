"""What answers say of rate limits, as draft-ietf-httpapi-ratelimit-headers-11 has it."""

from collections.abc import Sequence

from sessions.stores.limits import Standing

__all__ = ["NAMES", "limit_headers"]

NAMES = (
    "RateLimit",
    "RateLimit-Policy",
    "RateLimit-Limit",
    "RateLimit-Remaining",
    "RateLimit-Reset",
)


def limit_headers(standings: Sequence[Standing]) -> list[tuple[bytes, bytes]]:
    """Return the headers of a request that has spent; none when it spent nothing.

    `q` may be done at once and comes back in `w` seconds; `r` may be done now, and no more within
    `t` seconds.
    """
    if not standings:
        return []
    tightest = min(standings, key=lambda each: (each.remaining, -each.reset_ms))
    values = (
        ", ".join(
            f'"{each.rate.name}";r={each.remaining};t={_seconds(each)}' for each in standings
        ),
        ", ".join(_policy(each) for each in standings),
        # what the draft said up to its sixth version, and most clients still read
        str(tightest.rate.burst),
        str(tightest.remaining),
        str(_seconds(tightest)),
    )
    return [(n.lower().encode(), v.encode()) for n, v in zip(NAMES, values, strict=True)]


def _policy(standing: Standing) -> str:
    rate = standing.rate
    window_s = -(-60 * rate.burst // rate.per_minute)
    return f'"{rate.name}";q={rate.burst};w={window_s}'


def _seconds(standing: Standing) -> int:
    return -(-standing.reset_ms // 1000)
