"""Which page asks."""

import pytest

from app.security.pages import origin_in

OWN = {"sec-fetch-site": "same-origin"}


@pytest.mark.parametrize(
    ("scheme", "host", "origin"),
    [
        ("https", "chat.example.org", "https://chat.example.org"),
        # a proxy ended TLS
        ("http", "chat.example.org", "https://chat.example.org"),
        ("http", "chat.example.org:8443", "https://chat.example.org:8443"),
        ("http", "127.0.0.1.example.org", "https://127.0.0.1.example.org"),
        ("http", "localhost.example.org", "https://localhost.example.org"),
        ("http", "localhost:8000", "http://localhost:8000"),
        ("http", "chat.localhost", "http://chat.localhost"),
        ("http", "127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http", "[::1]:8000", "http://[::1]:8000"),
        ("https", "localhost:8443", "https://localhost:8443"),
    ],
)
def test_a_page_of_our_own_is_one_that_browsers_say_so_to(
    scheme: str, host: str, origin: str
) -> None:
    assert origin_in({"host": host} | OWN, scheme) == origin
    assert origin_in({"host": host}, scheme) is None
    assert origin_in({"host": host, "sec-fetch-site": "same-site"}, scheme) is None


def test_an_origin_that_is_named_is_the_one() -> None:
    named = {"host": "chat.example.org", "origin": "http://chat.example.org"}
    assert origin_in(named | OWN, "http") == "http://chat.example.org"
