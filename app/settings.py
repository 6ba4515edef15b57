"""Settings from the environment, prefix ION_, read once when the process starts."""

import math
import os
import re
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from secrets import token_hex, token_urlsafe
from typing import Literal, get_args

from msgspec import Struct, structs

from app import addresses

__all__ = [
    "Settings",
    "SettingsError",
    "cores",
    "load_settings",
    "names_set",
    "read_settings",
    "read_workers",
    "with_secret",
]

Llm = Literal["offline", "openai", "scripted"]
Environment = Literal["development", "production"]
_IN_URL = re.compile(r"(?<=://)[^/]+(?=@)|(?<=password=)[^&]+")
_SECRET_FIELDS = {
    "secret_key",
    "llm_api_key",
    "operator_token",
    "vapid_private_key",
    "firebase_credentials",
}
_URL_FIELDS = {"redis_url", "mongodb_uri", "llm_base_url", "llm_fallbacks", "fcm_url"}
_SECRET_CHARS = 32
_MOST_WORKERS = 64
_MOST_PORT = 65_535
_MOST_TTL_HOURS = 24 * 3_650


class SettingsError(Exception):
    """The environment holds settings that make no sense; the message names each of them."""


class Settings(Struct, frozen=True, kw_only=True):
    """What an operator may set; docs/operations.md explains each."""

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    data_dir: Path = Path(".ion")
    redis_url: str = ""
    mongodb_uri: str = ""
    mongodb_database: str = "ion"
    llm: Llm = "offline"
    llm_base_url: str = "https://api.openai.com/v1"
    llm_api_key: str = ""
    llm_model: str = ""
    llm_fallbacks: tuple[str, ...] = ()
    encoder: Literal["auto", "off"] = "auto"
    max_turns: int = 256
    tokens_a_day: int = 0
    session_ttl_hours: float = 24.0
    scripted_tokens: int = 60
    scripted_interval_ms: float = 20.0
    scripted_first_ms: float = 0.0
    secret_key: str = ""
    operator_token: str = ""
    oidc_issuers: tuple[str, ...] = ()
    push: Literal["auto", "log", "off"] = "auto"
    push_worker: Literal["inside", "apart"] = "inside"
    firebase_credentials: str = ""
    fcm_url: str = ""
    vapid_private_key: str = ""
    vapid_subject: str = ""
    env: Environment = "development"
    allowed_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @property
    def embedded_log(self) -> bool:
        """Tell whether the live log runs inside the product."""
        return not self.redis_url

    @property
    def embedded_documents(self) -> bool:
        """Tell whether the documents are a file in the data directory."""
        return not self.mongodb_uri

    @property
    def local_url(self) -> str:
        """The address of the server for programs on this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - compared
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def llm_models(self) -> str:
        """The models that may answer, in order, with their addresses; no secrets."""
        first = f"{self.llm_model}@{self.llm_base_url}" if self.llm == "openai" else self.llm
        return ",".join((first, *self.llm_fallbacks))

    def masked(self) -> dict[str, str]:
        """Return all settings by their variable, without secrets and passwords."""
        return {f"ION_{name.upper()}": _masked(name, value) for name, value in _items(self)}


def load_settings() -> Settings:
    """Read the process's environment; raises SettingsError."""
    return read_settings(os.environ)


def names_set() -> list[str]:
    """Return the names of the settings that the process's environment sets, in order."""
    return sorted(name for name, value in os.environ.items() if name[:4] == "ION_" and value)


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read settings from `environ`; raises SettingsError naming all that is wrong."""
    known = {f"ION_{field.name.upper()}": field for field in structs.fields(Settings)}
    values: dict[str, object] = {}
    wrong: list[str] = []
    for name, field in known.items():
        if (raw := environ.get(name, "").strip()) == "":
            continue
        try:
            parse = _PARSERS.get(field.name)
            values[field.name] = parse(raw) if parse else _parse(field.type, raw)
        except ValueError as error:
            wrong.append(f"{name}: {error}")
    wrong.extend(_unknown(environ, known))
    settings = Settings(**values)  # type: ignore[arg-type]
    wrong.extend(_contradictions(settings))
    if wrong:
        raise SettingsError("\n".join(wrong))
    return settings


def with_secret(settings: Settings) -> Settings:
    """Return settings with a secret key, made once and kept in the data directory."""
    if settings.secret_key:
        return settings
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = settings.data_dir / "secret_key"
    if not path.exists():
        _make_secret(path)
    secret = path.read_text().strip()
    if len(secret) < _SECRET_CHARS:
        raise SettingsError(f"{path}: it holds no secret; remove it, and one is made anew")
    return structs.replace(settings, secret_key=secret)


def read_workers(raw: str) -> int:
    """Return a number of worker processes, 0 for `auto`: one a core; raises ValueError."""
    if raw.casefold() == "auto":
        return 0
    if not raw.isdecimal() or int(raw) > _MOST_WORKERS:
        raise ValueError(f"{raw!r} is neither auto nor a number up to {_MOST_WORKERS}")
    return int(raw)


def cores() -> int:
    """Return how many cores this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _make_secret(path: Path) -> None:
    """Write a secret under its name only when it is whole; who comes first is right."""
    whole = path.with_suffix(f".{token_hex(4)}")
    descriptor = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        path.hardlink_to(whole)
    whole.unlink()


def _unknown(environ: Mapping[str, str], known: Mapping[str, object]) -> list[str]:
    """Name misspelt settings: a typo must not leave a default in force unseen."""
    wrong = []
    for name in environ:
        if name.startswith("ION_") and name not in known and not name.startswith("ION_TEST_"):
            near = get_close_matches(name, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            wrong.append(f"{name}: there is no such setting{hint}")
    return wrong


def _parse(type_: object, raw: str) -> object:
    if type_ is int or type_ is float:
        return _number(type_, raw)
    if type_ is Path:
        return Path(raw)
    choices = get_args(type_)
    if choices and raw not in choices:
        raise ValueError(f"{raw!r} is none of {', '.join(choices)}")
    return raw


def _number(type_: object, raw: str) -> int | float:
    try:
        number = int(raw) if type_ is int else float(raw)
    except ValueError:
        raise ValueError(f"{raw!r} is not a number") from None
    if not number < math.inf:
        raise ValueError(f"{raw!r} is not a number that ends")
    if number < 0:
        raise ValueError(f"{raw!r} is negative")
    return number


def _contradictions(settings: Settings) -> list[str]:
    wrong = []
    if not 1 <= settings.port <= _MOST_PORT:
        wrong.append(f"ION_PORT: {settings.port} is not between 1 and {_MOST_PORT}")
    if settings.session_ttl_hours > _MOST_TTL_HOURS:
        wrong.append(f"ION_SESSION_TTL_HOURS: at most {_MOST_TTL_HOURS}, or 0 for no end")
    if settings.llm == "openai" and not settings.llm_model:
        wrong.append("ION_LLM_MODEL: name the model that ION_LLM=openai should use")
    if settings.secret_key and len(settings.secret_key) < _SECRET_CHARS:
        wrong.append(f"ION_SECRET_KEY: use at least {_SECRET_CHARS} characters")
    if not (settings.llm_api_key.isascii() and settings.llm_api_key.isprintable()):
        wrong.append("ION_LLM_API_KEY: it holds characters that no header can carry")
    if not (settings.operator_token.isascii() and settings.operator_token.isprintable()):
        wrong.append("ION_OPERATOR_TOKEN: it holds characters that no header can carry")
    if settings.operator_token and len(settings.operator_token) < _SECRET_CHARS:
        wrong.append(f"ION_OPERATOR_TOKEN: use at least {_SECRET_CHARS} characters")
    if settings.push_worker == "apart" and settings.embedded_documents:
        wrong.append("ION_PUSH_WORKER: apart needs ION_MONGODB_URI, SQLite is for one server alone")
    if settings.env == "production":
        wrong.extend(_not_for_production(settings))
    return wrong


def _not_for_production(settings: Settings) -> list[str]:
    wrong = []
    if settings.embedded_log:
        wrong.append("ION_REDIS_URL: production does not run on the embedded log")
    if settings.embedded_documents:
        wrong.append("ION_MONGODB_URI: production does not run on embedded documents")
    if not settings.secret_key:
        wrong.append("ION_SECRET_KEY: production needs one that all processes share")
    if any(each.startswith("http://") for each in settings.oidc_issuers):
        wrong.append("ION_OIDC_ISSUERS: production takes https:// alone")
    if settings.fcm_url:
        wrong.append("ION_FCM_URL: production sends to Google alone")
    if settings.push == "log":
        wrong.append("ION_PUSH: production does not send notifications to the log")
    if settings.vapid_subject and not settings.vapid_private_key:
        wrong.append("ION_VAPID_PRIVATE_KEY: production needs one that all processes share")
    if "*" in settings.allowed_origins:
        wrong.append("ION_ALLOWED_ORIGINS: production takes no wildcard")
    return wrong


_PARSERS: dict[str, Callable[[str], object]] = {
    "host": addresses.read_host,
    "workers": read_workers,
    "redis_url": addresses.read_redis_url,
    "mongodb_uri": addresses.read_mongodb_uri,
    "mongodb_database": addresses.read_database_name,
    "llm_base_url": addresses.read_http_url,
    "llm_fallbacks": addresses.read_fallbacks,
    "oidc_issuers": addresses.read_issuers,
    "fcm_url": addresses.read_http_url,
    "allowed_origins": addresses.read_origins,
    "trusted_proxies": addresses.read_proxies,
}


def _items(settings: Settings) -> list[tuple[str, object]]:
    return list(structs.asdict(settings).items())


def _masked(name: str, value: object) -> str:
    if value in ("", ()):
        return "(not set)"
    if name in _SECRET_FIELDS:
        return "********"
    text = ",".join(value) if isinstance(value, tuple) else str(value)
    if name in _URL_FIELDS:
        text = _IN_URL.sub("********", text)
    return text
