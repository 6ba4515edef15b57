"""Keys are equal and ordered as the values they stand for."""

from datetime import UTC, datetime
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.archive import COLLECTIONS
from sessions.stores.documents import Collection, Index, UniqueKey
from sessions.stores.keys import check, from_micros, key, leading, moments, rows, to_micros
from tests.contracts.samples import SAMPLES, Job, Note, after

DATETIMES = st.datetimes(
    min_value=datetime(1900, 1, 1),  # noqa: DTZ001 - hypothesis adds the timezone
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001 - hypothesis adds the timezone
    timezones=st.timezones() | st.just(UTC),
)


class Mood(Enum):
    CALM = "calm"


@given(DATETIMES)
def test_a_moment_is_kept_to_the_microsecond(moment: datetime) -> None:
    assert from_micros(to_micros(moment)) == moment.astimezone(UTC)


@given(DATETIMES, DATETIMES)
def test_keys_are_ordered_as_moments_are(one: datetime, other: datetime) -> None:
    earlier = one.astimezone(UTC) < other.astimezone(UTC)
    assert (to_micros(one) < to_micros(other)) is earlier


def test_a_moment_without_a_timezone_is_refused() -> None:
    with pytest.raises(TypeError):
        to_micros(after(0).replace(tzinfo=None))


def test_a_key_is_the_plain_value() -> None:
    assert key(Mood.CALM) == "calm"
    assert key(from_micros(-1)) == -1
    assert [key(value) for value in ("a", 1, True, None)] == ["a", 1, True, None]


def test_a_document_has_a_key_for_each_element() -> None:
    job = Job(id="j", queue="q", tags=("x", "y", "x"))
    assert rows(("queue", "tags", "due_at"), job) == {("q", "x", None), ("q", "y", None)}
    assert rows(("queue", "tags"), Job(id="k", queue="q")) == set()


def test_leading_values_are_in_the_index_order() -> None:
    index = Index(name="i", fields=("a", "b", "c"), serves="")
    assert leading(index, {"b": 2, "a": from_micros(1)}) == (1, 2)


def test_moments_are_found_by_type() -> None:
    assert moments(Job) == ("due_at",)
    assert moments(Note) == ("over_at",)


def test_what_the_product_declares_can_be_kept() -> None:
    collections: tuple[Collection[Any], ...] = (*COLLECTIONS, *SAMPLES)
    for collection in collections:
        check(collection)


def index(*fields: str, name: str = "i") -> Index:
    return Index(name=name, fields=fields, serves="")


@pytest.mark.parametrize(
    ("collection", "reason"),
    [
        (Collection(name="jobs", type=Job, indexes=(index("mood"),)), "no fields"),
        (Collection(name="jobs", type=Job, indexes=(index("queue", "tags"),)), "list"),
        (Collection(name="jobs", type=Job, indexes=(index("id", name='"'),)), "names"),
        (Collection(name="no table", type=Job), "names"),
        (Collection(name="jobs", type=Job, expires="queue"), "expire"),
        (Collection(name="jobs", type=Job, indexes=(index("id", name="expiry"),)), "twice"),
        (
            Collection(
                name="jobs",
                type=Job,
                unique=(UniqueKey(name="i", fields=("id",)),),
                indexes=(index("id"),),
            ),
            "twice",
        ),
    ],
)
def test_a_declaration_that_cannot_be_kept_is_refused(
    collection: Collection[Job], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        check(collection)
