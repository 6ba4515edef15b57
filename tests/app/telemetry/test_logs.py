"""Logs: events and places, never anybody's words."""

import io
import json
import logging
import sys
import warnings
from collections.abc import Iterator

import pytest
import structlog

from app.telemetry.logs import configure_logs, described


@pytest.fixture
def stderr(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_logs("info")
    yield stream
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_json_line(stderr: io.StringIO) -> None:
    structlog.get_logger().info("turn_done", turn_id="t1")
    structlog.get_logger().debug("not_told")

    [line] = lines(stderr)
    assert (line["event"], line["turn_id"], line["level"]) == ("turn_done", "t1", "info")
    assert str(line["timestamp"]).endswith("Z")


def test_a_warning_is_a_json_line_too(stderr: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", stderr)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=False)
        configure_logs("info")
        warnings.warn("an option that nobody knows", stacklevel=1)

    [line] = lines(stderr)
    assert line["logger"] == "py.warnings"


def test_what_libraries_warn_of_is_told_and_their_errors_without_a_message(
    stderr: io.StringIO,
) -> None:
    logging.getLogger("library").info("chatter")
    logging.getLogger("library").warning("slow")
    try:
        raise ValueError("a user's own words")
    except ValueError:
        logging.getLogger("library").exception("it failed")

    slow, failed = lines(stderr)
    assert (slow["logger"], slow["message"]) == ("library", "slow")
    assert failed["error"] == "ValueError"
    assert "test_logs.py" in str(failed["where"])
    assert "words" not in stderr.getvalue()


def test_an_error_without_a_trace_has_no_place() -> None:
    assert described(KeyError("words")) == {"error": "KeyError", "where": ""}
