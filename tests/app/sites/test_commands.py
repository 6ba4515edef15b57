"""The `ion site` commands, as an operator runs them."""

from pathlib import Path

import pytest

from app.cli import main


@pytest.fixture
def ion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ION_DATA_DIR", str(tmp_path / "new"))


@pytest.mark.usefixtures("ion")
def test_a_site_is_added_listed_and_removed(capsys: pytest.CaptureFixture[str]) -> None:
    added = main(["site", "add", "[Shop]", "https://Shop.example.org", "https://*.example.org"])
    key = capsys.readouterr().out.strip()
    listed = main(["site", "list"])
    table = capsys.readouterr().out
    removed = [main(["site", "remove", key]) for _ in range(2)]
    capsys.readouterr()
    main(["site", "list"])
    after = capsys.readouterr().out

    assert (added, listed, removed) == (0, 0, [0, 1])
    assert key.startswith("pk_")
    assert all(part in table for part in (key, "[Shop]", "https://shop.example.org"))
    assert key not in after


@pytest.mark.usefixtures("ion")
@pytest.mark.parametrize("origin", ["*", "https://*.org", "https://example.org/chat", "null"])
def test_what_is_no_origin_makes_no_site(origin: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["site", "add", "Shop", origin])
    refused = capsys.readouterr()
    main(["site", "list"])

    assert code == 1
    assert refused.out == ""
    assert "Shop" not in capsys.readouterr().out
