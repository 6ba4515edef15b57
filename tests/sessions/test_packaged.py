"""The hash of the packaged data."""

from pathlib import Path

import pytest

from sessions.packaged import data_hash


def test_it_is_the_same_as_long_as_the_data_are() -> None:
    assert data_hash() == data_hash()


@pytest.mark.parametrize("changed", ["words.toml", "deep/weights.npz", "new.json"])
def test_it_changes_with_any_file_of_data_and_with_no_other(tmp_path: Path, changed: str) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "words.toml").write_text("a = 1")
    (tmp_path / "deep" / "weights.npz").write_bytes(b"1")
    before = data_hash(tmp_path)
    (tmp_path / "code.py").write_text("x = 1")
    assert data_hash(tmp_path) == before

    (tmp_path / changed).write_bytes(b"a = 2")
    assert data_hash(tmp_path) != before


def test_a_byte_does_not_move_from_one_file_into_the_next(tmp_path: Path) -> None:
    for name, texts in (("one", ("ab", "c")), ("two", ("a", "bc"))):
        (tmp_path / name).mkdir()
        for file, text in zip(("a.toml", "b.toml"), texts, strict=True):
            (tmp_path / name / file).write_text(text)

    assert data_hash(tmp_path / "one") != data_hash(tmp_path / "two")
