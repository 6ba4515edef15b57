"""The routes below /openai/v1."""

from litestar import Router
from litestar.types import Dependencies

from app.api.openai.completions import complete
from app.api.openai.errors import exception_handlers
from app.api.openai.models import models, one_model

__all__ = ["openai_router"]

_BODY_BYTES = 1 << 20


def openai_router(dependencies: Dependencies) -> Router:
    """Return the router; chat pages send whole conversations, so bodies may be 1 MiB."""
    return Router(
        path="/openai/v1",
        route_handlers=[complete, models, one_model],
        dependencies=dependencies,
        exception_handlers=exception_handlers,
        include_in_schema=False,
        request_max_body_size=_BODY_BYTES,
    )
