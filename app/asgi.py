"""The Litestar application over a running product."""

from collections.abc import Callable
from typing import Any

from litestar import Litestar, Router
from litestar.config.cors import CORSConfig
from litestar.datastructures import CacheControlHeader, State
from litestar.di import Provide
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme
from litestar.static_files import create_static_files_router

from app.api.agui import run
from app.api.bodies import BodyRequest
from app.api.errors import exception_handlers
from app.api.head import HeadAsGet
from app.api.not_modified import NotModified
from app.api.openai import openai_router
from app.api.openapi import CompleteJson, completed
from app.api.requests import RequestContext
from app.api.shared import EXPOSED, SiteCors
from app.api.tally import Tally
from app.api.unrouted import exception_handlers as unrouted
from app.api.v1 import v1_router
from app.api.v1.home import CONSOLE
from app.api.v2 import v2_router
from app.api.v21.auth import AuthController
from app.api.v21.caller import provide_access, provide_user_id
from app.api.v21.checkins import CheckInsController
from app.api.v21.devices import DevicesController
from app.api.v21.health import HealthController
from app.api.v21.me import MeController
from app.api.v21.memory import MemoryController
from app.api.v21.merges import MergesController
from app.api.v21.notifications import NotificationsController
from app.api.v21.operating import OperatingController
from app.api.v21.personas import personas
from app.api.v21.phones import PhonesController, phones_page
from app.api.v21.planned import PlannedController
from app.api.v21.profile import ProfileController
from app.api.v21.sessions import SessionsController
from app.api.v21.sync import sync
from app.api.widget import widget_router
from app.product import Product
from app.realtime.connection import FRAME_BYTES
from app.realtime.connections import Connections
from app.realtime.events import events
from app.realtime.handshake import realtime

__all__ = ["Application", "create_app", "openapi_schema"]

_PARTS = (
    *("sessions", "accounts", "catalogue", "profiles", "facts", "shown", "erasures", "export"),
    *("limits", "health", "connections", "retelling", "push", "agreements", "plans", "ledger"),
    *("outbox", "lanes", "settings", "phones"),
    *("sites", "sign_in", "merges"),
)


class Application:
    """All routes, made ready once; making them takes a quarter of a second."""

    def __init__(self, origins: tuple[str, ...] = ()) -> None:
        self._parts: dict[str, object] = {}
        self._app = _application(
            {name: self._given(name) for name in _PARTS},
            state=State(),
            cors_config=_cors(origins) if origins else None,
        )

    def serving(self, product: Product, connections: Connections) -> RequestContext:
        """Return the ASGI application that serves `product` and none before it any more."""
        self._parts = {
            "sessions": product.sessions,
            "accounts": product.accounts,
            "sites": product.sites,
            "sign_in": product.sign_in,
            "merges": product.merges,
            "catalogue": product.catalogue,
            "limits": product.limits,
            "profiles": product.profiles,
            "facts": product.facts,
            "shown": product.shown_memory,
            "retelling": product.retelling,
            "push": product.push,
            "phones": product.phones,
            "agreements": product.agreements,
            "plans": product.plans,
            "ledger": product.ledger,
            "outbox": product.outbox,
            "lanes": product.lanes,
            "settings": product.settings,
            "health": product.health,
            "connections": connections,
            "erasures": product.erasures,
            "export": product.export,
        }
        product.ended.listen(connections.end)
        tally = Tally(product.clock.monotonic)
        self._app.state.update({"product": product, "connections": connections, "tally": tally})
        return RequestContext(
            HeadAsGet(SiteCors(self._app, product.sites)),
            tally,
            leaving=lambda: connections.draining,
        )

    def openapi_schema(self) -> dict[str, Any]:
        """Return the OpenAPI 3.1 document of all REST surfaces."""
        return completed(self._app.openapi_schema.to_schema(), self._app)

    def _given(self, name: str) -> Provide:
        give: Callable[[], object] = lambda: self._parts[name]  # noqa: E731 - Provide wants one
        return Provide(give, sync_to_thread=False)


def create_app(product: Product, connections: Connections) -> RequestContext:
    """Return the ASGI application that serves `product`."""
    return Application(product.settings.allowed_origins).serving(product, connections)


def openapi_schema() -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of all REST surfaces."""
    return Application().openapi_schema()


def _application(dependencies: dict[str, Provide], **options: Any) -> Litestar:
    common = {
        **dependencies,
        "access": Provide(provide_access),
        "user_id": Provide(provide_user_id),
    }
    api = Router(
        path="/api/v2.1",
        route_handlers=[
            AuthController,
            SessionsController,
            HealthController,
            MeController,
            ProfileController,
            MemoryController,
            CheckInsController,
            PlannedController,
            DevicesController,
            NotificationsController,
            PhonesController,
            OperatingController,
            MergesController,
            events,
            personas,
            sync,
        ],
        dependencies=common,
        security=[{"bearer": []}],
    )
    root = Router(path="/", route_handlers=[run, phones_page], dependencies=common)
    static = create_static_files_router(
        path="/static",
        directories=[CONSOLE],
        # modules load each other: all of them are asked for anew, and answered 304 by their ETag
        cache_control=CacheControlHeader(no_cache=True),
        middleware=[NotModified],
    )
    return Litestar(
        route_handlers=[
            api,
            v2_router(),
            v1_router(),
            openai_router(common),
            root,
            realtime,
            static,
            widget_router(),
        ],
        exception_handlers=exception_handlers | unrouted,
        request_class=BodyRequest,
        openapi_config=OpenAPIConfig(
            title="ION Mentoring",
            version="2.1",
            path="/docs",
            # the other plugins load their pages from somebody else's servers
            render_plugins=[CompleteJson()],
            components=Components(
                security_schemes={
                    "bearer": SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")
                }
            ),
        ),
        request_max_body_size=FRAME_BYTES,
        logging_config=None,
        **options,
    )


def _cors(origins: tuple[str, ...]) -> CORSConfig:
    return CORSConfig(allow_origins=list(origins), expose_headers=list(EXPOSED))
