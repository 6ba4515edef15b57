"""Ids that prove by themselves."""

from app.security.claims import is_claim, masked, new_claim, owner_of


def test_claims_differ_and_are_known_by_their_look() -> None:
    one, other = new_claim(), new_claim()

    assert one != other
    assert is_claim(one)
    assert not any(map(is_claim, ("mine", "s_06f3", one + "x", one[:-1], f" {one}")))


def test_each_claim_has_an_owner_of_its_own_who_is_not_told_by_it() -> None:
    one, other = new_claim(), new_claim()

    assert owner_of(one) == owner_of(one)
    assert owner_of(one) != owner_of(other)
    assert one[2:] not in owner_of(one)


def test_a_path_is_logged_without_its_claim() -> None:
    assert masked(f"/summaries/{new_claim()}/x") == "/summaries/c_…/x"
    assert masked("/summaries/abc_def") == "/summaries/abc_def"
