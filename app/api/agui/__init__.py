"""AG-UI: a thread is a session, a run is a turn."""

from app.api.agui.runs import run

__all__ = ["run"]
