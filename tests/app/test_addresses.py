"""Which addresses settings may hold."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import addresses
from app.settings import SettingsError, read_settings

SENSIBLE = {
    "ION_HOST": ("localhost", "192.0.2.1", "::", "[::1]", "fe80::1%eth0"),
    "ION_REDIS_URL": (
        "redis://cache",
        "rediss://u:p@cache:6379/0",
        "redis://[::1]:6379",
        "unix:///run/valkey.sock",
    ),
    "ION_MONGODB_URI": ("mongodb://a:1,b:2/?replicaSet=r", "mongodb+srv://u:p@cluster.example"),
    "ION_MONGODB_DATABASE": ("ion", "ion-2_b"),
    "ION_LLM_BASE_URL": ("http://localhost:11434/v1", "https://llm.example"),
    "ION_LLM_FALLBACKS": ("offline", "small, large@http://127.0.0.1:1/v1", "a/b:7b"),
    "ION_ALLOWED_ORIGINS": (
        "*",
        "https://a.example,http://localhost:3000",
        "capacitor://localhost",
    ),
    "ION_TRUSTED_PROXIES": ("*", "10.0.0.1, 10.1.0.0/16", "::1,fd00::/8"),
    "ION_OIDC_ISSUERS": (
        "https://securetoken.google.com/project=project",
        "https://tenant.auth0.com/=client, https://id.example:8443/realms/r = a,",
        "http://localhost:8080/realms/r=client,http://[::1]:1=client",
    ),
}
NONSENSE = {
    "ION_HOST": ("localhost:8000", "http://localhost", "[::1]:8000"),
    "ION_REDIS_URL": (
        "nonsense",
        "http://cache",
        "redis:cache",
        "redis://",
        "redis://h:x",
        "redis://h/ion",
        "unix://",
    ),
    "ION_MONGODB_URI": ("nonsense", "redis://a", "mongodb://", "mongodb://u:p@", "mongodb://h:x"),
    "ION_MONGODB_DATABASE": ("a b", "a.b", "a/b", "$x", "x" * 64),
    "ION_LLM_BASE_URL": (
        "zzz",
        "localhost:11434",
        "ftp://a",
        "http://",
        "http://a:0",
        "http://[x",
        "http://a/?b",
    ),
    "ION_LLM_FALLBACKS": ("@", "@http://a/v1", "m@zzz", "offline,@"),
    "ION_ALLOWED_ORIGINS": ("foo", "a.example", "https://a.example/", "https://", "https://u@a"),
    "ION_TRUSTED_PROXIES": ("bar", "10.0.0.1/8", "10.0.0", "lb.example"),
    "ION_OIDC_ISSUERS": (
        "https://tenant.auth0.com/",
        "https://tenant.auth0.com/=",
        "=client",
        "tenant.auth0.com=client",
        "http://id.example=client",
        "https://=client",
        "https://u:p@id.example=client",
        "https://id.example/?tenant=client",
        "https://a.example=client,x",
    ),
}


@pytest.mark.parametrize(
    ("name", "raw"), [(name, raw) for name, each in SENSIBLE.items() for raw in each]
)
def test_what_makes_sense_is_taken(name: str, raw: str) -> None:
    shown = read_settings({name: raw}).masked()

    assert shown[name] != "(not set)"


@pytest.mark.parametrize(
    ("name", "raw"), [(name, raw) for name, each in NONSENSE.items() for raw in each]
)
def test_what_makes_no_sense_is_named(name: str, raw: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read_settings({name: raw})


def test_a_password_is_not_told_again() -> None:
    for raw in ("redis://:hid/den@cache", "http://:hid/den@cache", "redis://u:hidden@cache:x"):
        with pytest.raises(SettingsError) as caught:
            read_settings({"ION_REDIS_URL": raw})
        assert "hid" not in str(caught.value)
    for password in ("hid/den", "hid?den", "hid#den", "11/hid"):
        with pytest.raises(SettingsError) as caught:
            read_settings({"ION_MONGODB_URI": f"mongodb://me:{password}@db"})
        assert "hid" not in str(caught.value)


def test_origins_are_as_browsers_send_them() -> None:
    assert addresses.read_origins("HTTPS://A.Example") == ("https://a.example",)


def test_issuers_are_the_same_with_a_slash_at_the_end_and_without() -> None:
    pairs = addresses.read_issuers("https://a.example/=1,https://a.example = 2=,")

    assert pairs == ("https://a.example=1", "https://a.example=2=")


@pytest.mark.parametrize("client", ["a;https://b.example=2", "<a>", "a b", "'a'"])
def test_a_client_that_is_a_slip_of_the_pen_is_refused(client: str) -> None:
    with pytest.raises(ValueError, match="comma"):
        addresses.read_issuers(f"https://a.example={client}")


@pytest.mark.parametrize(
    "read",
    [
        addresses.read_host,
        addresses.read_redis_url,
        addresses.read_mongodb_uri,
        addresses.read_http_url,
        addresses.read_database_name,
        addresses.read_origins,
        addresses.read_proxies,
        addresses.read_fallbacks,
        addresses.read_issuers,
    ],
)
@given(raw=st.text(max_size=40) | st.text(":/@.[]%,redis", max_size=20))
def test_any_text_is_taken_or_refused_as_a_wrong_value(
    read: Callable[[str], object], raw: str
) -> None:
    try:
        read(raw)
    except ValueError:
        return
