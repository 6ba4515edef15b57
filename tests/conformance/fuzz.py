"""Runs Autobahn's cases against a server and prints what came of each: `fuzz.py URL`.

A program of its own, because loading the cases changes the interpreter that they run in.
"""

import asyncio
import json
import sys

from kosoku import FailureError, run_fuzzingclient

__all__ = ["main"]

# 9 measures speed and size; 12 and 13 are compression, which the product does not offer
LEFT_OUT = ["9.*", "12.*", "13.*"]
AT_ONCE = 4


async def _run(url: str) -> list[dict[str, object]]:
    try:
        results = await run_fuzzingclient(url, None, LEFT_OUT, concurrency=AT_ONCE)
    except FailureError as failure:
        results = failure.results
    return [
        {"id": each.case_id, "passed": each.passed, "reason": each.result_close or each.result}
        for each in results
    ]


def main() -> None:
    """Print the outcomes as a JSON array, in the order of the cases."""
    json.dump(asyncio.run(_run(sys.argv[1])), sys.stdout)


if __name__ == "__main__":
    main()
