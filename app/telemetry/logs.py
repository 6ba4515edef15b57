"""Structured logs: one JSON object or one coloured line an event, never a message's text."""

import logging
import sys
import traceback

import structlog

from sessions.tasks import Tasks

__all__ = ["configure_logs", "described", "logged_tasks"]


def configure_logs(level: str) -> None:
    """Send structlog, the standard library's loggers and warnings to stderr, from `level` up."""
    number = logging.getLevelNamesMapping()[level.upper()]
    terminal = sys.stderr.isatty()
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        # one write a line: the lines of several processes do not get mixed
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.captureWarnings(capture=True)
    logging.basicConfig(level=logging.WARNING, handlers=[_Handler()], force=True)


def described(error: BaseException) -> dict[str, str]:
    """Return an error's type and place; its message may hold a user's words and stays out."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return {"error": type(error).__name__, "where": where}


def logged_tasks() -> Tasks:
    """Return an empty set of background tasks whose failures are logged."""
    log = structlog.get_logger("tasks")
    return Tasks(lambda name, error: log.error("task_failed", task=name, **described(error)))


class _Handler(logging.Handler):
    """Passes on what libraries log."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        details = described(error) if error else {"message": record.getMessage()}
        structlog.get_logger().log(record.levelno, "library", logger=record.name, **details)
