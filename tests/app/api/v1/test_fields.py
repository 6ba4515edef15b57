"""Whatever is sent to v1 is text within its bounds, or is told in the words of v1."""

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.api.v1.fields import CannotProcess, object_of, texts
from schemas.v1 import Finding

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=5,
)


def findings(check: Callable[[], object]) -> tuple[Finding, ...]:
    """Return what is found wrong, nothing when all is well."""
    try:
        check()
    except CannotProcess as error:
        return error.findings
    return ()


@given(st.dictionaries(st.sampled_from(["message", "user_id", "other"]), JSON))
def test_fields_are_texts_within_their_bounds_or_are_found_wrong(fields: dict[str, Any]) -> None:
    bounds = {"message": 10, "user_id": 5}
    wrong = {each.loc for each in findings(lambda: texts(fields, bounds, where="body"))}

    assert wrong == {
        ("body", name)
        for name, most in bounds.items()
        if not isinstance(text := fields.get(name), str) or not 1 <= len(text.strip()) <= most
    }


@given(st.binary(max_size=50))
def test_any_bytes_are_an_object_or_cannot_be_processed(raw: bytes) -> None:
    wrong = findings(lambda: object_of(raw))

    assert len(wrong) <= 1
    assert wrong or isinstance(object_of(raw), dict)
    assert all(each.loc[0] == "body" for each in wrong)
