"""The device that somebody uses."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

__all__ = [
    "Device",
    "Platform",
]

Platform = Literal["ios", "android", "web", "cli"]


class Device(Struct, frozen=True, kw_only=True):
    """The device a connection comes from."""

    installation_id: Annotated[str, Meta(max_length=128)]
    platform: Platform
    app_version: Annotated[str, Meta(max_length=64)] = ""
    locale: Annotated[str, Meta(max_length=35)] = ""
    timezone: Annotated[str, Meta(max_length=64)] = ""
