"""The key pair is made once, and read from wherever it is kept."""

import stat
from base64 import urlsafe_b64decode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from push.webpush.keys import BadVapidKey, VapidKey, kept_key, read_keys


def test_a_key_is_read_from_the_text_that_it_gives() -> None:
    key = VapidKey.made()
    assert VapidKey.read(f"{key.private}\n").public == key.public
    point = urlsafe_b64decode(key.public + "=")
    assert len(point) == 65
    assert point[0] == 4


def test_f13_former_keys_follow_the_one_to_subscribe_with() -> None:
    new, old = VapidKey.made(), VapidKey.made()
    keys = read_keys(f"{new.private}, {old.private}")
    assert [key.public for key in keys] == [new.public, old.public]


def test_the_key_is_made_once_and_its_owner_alone_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "data" / "vapid_key"
    first = kept_key(path)
    assert kept_key(path).public == first.public
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["vapid_key"]


def test_processes_that_start_together_have_the_same_key(tmp_path: Path) -> None:
    path = tmp_path / "vapid_key"
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: kept_key(path).public, range(8)))
    assert len(set(keys)) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["vapid_key"]


@given(
    st.one_of(
        st.text(max_size=42), st.text(min_size=45, max_size=80), st.sampled_from(["A" * 43, ","])
    )
)
def test_c7_a_text_that_is_no_key_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(BadVapidKey) as caught:
        VapidKey.read(text)
    assert str(caught.value) == "it is no private VAPID key: 32 bytes in base64url"
    assert caught.value.__cause__ is None


def test_a_file_without_a_key_is_told(tmp_path: Path) -> None:
    path = tmp_path / "vapid_key"
    path.write_text("")
    with pytest.raises(BadVapidKey):
        kept_key(path)
