"""Which pages a site's key holds for: exactly those that were written down."""

from urllib.parse import urlsplit

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.sites.origins import LOOPBACK, allows, is_origin, read_pattern

LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,6}[a-z0-9])?", fullmatch=True)
HOSTS = st.builds(
    lambda labels, last: ".".join([*labels, last]),
    st.lists(LABELS, min_size=1, max_size=3),
    st.sampled_from(["org", "example", "co", "xn--p1ai"]),
)
PORTS = st.none() | st.integers(1, 65_535)


@st.composite
def origins(draw: st.DrawFn) -> str:
    """An origin as browsers write it."""
    scheme, host, port = draw(st.sampled_from(["http", "https"])), draw(HOSTS), draw(PORTS)
    default = {"http": 80, "https": 443}[scheme]
    return f"{scheme}://{host}" + ("" if port in (None, default) else f":{port}")


@given(origins())
def test_what_browsers_send_is_an_origin_and_its_own_pattern(origin: str) -> None:
    assert is_origin(origin)
    assert read_pattern(origin) == origin
    assert allows(origin, origin)


@given(origins(), origins())
def test_a_pattern_without_a_star_holds_for_itself_alone(one: str, other: str) -> None:
    assert allows(one, other) == (one == other)


@given(origins(), st.text(max_size=12), st.integers(0, 40))
def test_an_origin_with_anything_put_in_it_is_another_one(
    origin: str, text: str, place: int
) -> None:
    spoilt = origin[:place] + text + origin[place:]
    assume(spoilt != origin)

    assert not allows(origin, spoilt)


@given(origins(), LABELS, LABELS)
def test_a_star_holds_for_subdomains_and_for_nothing_beside_them(
    origin: str, label: str, more: str
) -> None:
    scheme, _, rest = origin.partition("://")
    pattern = read_pattern(f"{scheme}://*.{rest}")

    assert allows(pattern, f"{scheme}://{label}.{rest}")
    assert allows(pattern, f"{scheme}://{more}.{label}.{rest}")
    assert not allows(pattern, origin)
    assert not allows(pattern, f"{scheme}://{label}{rest}")
    assert not allows(pattern, f"{scheme}://{label}.{rest}.{more}")
    other = {"http": "https", "https": "http"}[scheme]
    assert not allows(pattern, f"{other}://{label}.{rest}")


@given(st.text(max_size=60))
def test_no_text_makes_matching_fail_and_what_is_read_is_read_the_same_again(text: str) -> None:
    assert not allows("https://*.example.org", text) or is_origin(text)
    try:
        pattern = read_pattern(text)
    except ValueError:
        return
    assert read_pattern(pattern) == pattern


@given(st.text(max_size=20))
def test_a_star_matches_what_the_url_parser_says_is_below_the_domain(text: str) -> None:
    origin = f"https://{text}.example.org"
    if allows("https://*.example.org", origin):
        host = urlsplit(origin).hostname or ""
        assert host.endswith(".example.org")
        assert urlsplit(origin).netloc == host


@pytest.mark.parametrize(
    "sent",
    [
        "null",
        "",
        "*",
        "https://Example.org",
        "HTTPS://example.org",
        "https://example.org.",
        "https://example.org:443",
        "https://example.org:0",
        "https://example.org:08080",
        "https://example.org:65536",
        "https://example.org/",
        "https://example.org?x",
        "https://me@example.org",
        "https://example.org https://evil.example",
        "https://example.org\n",
        "https://exämple.org",
        "https://example..org",
        "https://.example.org",
        "https://-example.org",
        "https://[::01]",
        "https://127.1",
        "https://127.0.0.01",
        "https://0x7f000001",
        "ftp://example.org",
        "file://",
        "chrome-extension://abcdef",
        "https:example.org",
    ],
)
def test_what_no_browser_sends_for_a_page_with_an_address_is_no_origin(sent: str) -> None:
    assert not is_origin(sent)
    assert not any(allows(each, sent) for each in ("https://example.org", "https://*.org.example"))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("HTTPS://Www.Example.ORG", "https://www.example.org"),
        ("https://example.org:443", "https://example.org"),
        ("http://example.org:80", "http://example.org"),
        ("http://example.org:443", "http://example.org:443"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://*.멘토.example", "https://*.xn--l32bu93b.example"),
        ("https://faß.example", "https://xn--fa-hia.example"),
        ("http://[0:0:0:0:0:0:0:1]:8000", "http://[::1]:8000"),
        ("http://localhost:*", "http://localhost:*"),
    ],
)
def test_operators_may_write_origins_as_people_do(written: str, read: str) -> None:
    assert read_pattern(written) == read


@pytest.mark.parametrize(
    "written",
    [
        "*",
        "null",
        "example.org",
        "https://",
        "https://*",
        "https://*.org",
        "https://*.127.0.0.1",
        "https://www.*.example.org",
        "https://*example.org",
        "https://**.example.org",
        "https://example.org/chat",
        "https://example.org?",
        "https://example.org#",
        "https://me@example.org",
        "https://example.org.",
        "https://example.org:*",
        "https://example.org:0",
        "https://example.org:99999",
        "https://ex ample.org",
        "ftp://example.org",
        "https://256.0.0.1",
        "https://[::1",
        "https://\u2024example.org",
    ],
)
def test_what_is_no_pattern_of_origins_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_pattern(written)


def test_this_machine_has_any_port_under_its_own_names_alone() -> None:
    mine = ["http://localhost:3000", "http://127.0.0.1", "http://[::1]:8000"]
    others = ["http://localhost.example:3000", "https://localhost:3000", "http://127.0.0.2:3000"]

    assert [any(allows(each, origin) for each in LOOPBACK) for origin in mine] == [True] * 3
    assert [any(allows(each, origin) for each in LOOPBACK) for origin in others] == [False] * 3
