"""What a process says of itself."""

import errno

import pytest

from app.process import say_where, taken
from app.settings import Settings


@pytest.mark.parametrize(
    ("host", "address"), [("127.0.0.1", "127.0.0.1:8000"), ("::1", "[::1]:8000")]
)
def test_an_address_is_told_as_a_url_has_it(
    host: str, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(host=host)
    say_where(settings)

    assert f"http://{address}/\n" in capsys.readouterr().out
    assert taken(settings, OSError(errno.EADDRINUSE, "")).startswith(f"{address} can't be used")
