"""A profile in words, in both languages."""

from datetime import timedelta
from typing import Any

import pytest

from schemas.profiles import Profile
from sessions.profiles.documents import ProfileDocument
from sessions.profiles.insight import preferences_of
from sessions.profiles.preferences import Preferences
from sessions.profiles.view import profile_view
from tests.personas import packaged
from tests.sessions.profiles.evidence import NOW, evidence, profile

CATALOGUE = packaged()


def seen(known: ProfileDocument, language: str = "en") -> Profile:
    return profile_view(known, CATALOGUE, language=language, now=NOW)


def test_preferences_are_told_with_what_they_rest_on() -> None:
    known = profile(
        *(evidence(number) for number in range(4)),
        *(
            evidence(number, persona="elro", signals={"override": 0.0, "regenerate": 0.0})
            for number in range(4)
        ),
        evidence(9, intent="learning", persona="riri", signals={"rating": 1.0}),
    )

    assert seen(known).words[:3] == (
        "You rarely want Elro when you plan (8 signals, sure).",
        "You usually prefer Nana when you plan (4 signals, sure).",
        "You usually prefer Riri when you want to understand something (1 signal, not sure yet).",
    )
    assert seen(known, "ko").words[1] == "계획을 세울 때 보통 나나를 선호하세요 (신호 4개, 확실함)."


def test_what_says_nothing_is_not_told() -> None:
    known = profile(*(evidence(number, signals={"follow_up": 0.53}) for number in range(30)))

    assert seen(known).preferences == ()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_setting_is_told(language: str) -> None:
    known = profile(
        persona="riri",
        learning=False,
        anonymous=True,
        length="long",
        structure="prose",
        pace="brisk",
        retention_days=365,
    )

    view = seen(known, language)

    assert len(view.words) == 7
    assert "365" in view.words[-1]
    assert [(each.trait, each.value, each.set_by) for each in view.style] == [
        ("length", "long", "you"),
        ("structure", "prose", "you"),
        ("pace", "brisk", "you"),
    ]


def test_a_style_is_learned_once_it_is_fairly_sure_and_a_setting_wins() -> None:
    def asked(times: int, **fields: Any) -> ProfileDocument:
        votes = [evidence(n, style={"message/length": -1.5}) for n in range(times)]
        return profile(*votes, **fields)

    assert preferences_of(asked(1), NOW) == Preferences()
    assert preferences_of(asked(2), NOW) == Preferences(length="short")
    assert preferences_of(asked(2, length="long"), NOW) == Preferences(length="long")
    assert preferences_of(asked(2, learning=False), NOW) == Preferences()
    assert "You like short answers. This is learned (fairly sure)." in seen(asked(2)).words


def test_active_hours_are_those_of_the_users_own_zone() -> None:
    evenings = [
        evidence(number, at=(NOW - timedelta(days=number, hours=-3)).timestamp())
        for number in range(1, 8)
    ]
    known = profile(*evenings, zone="Asia/Seoul", seen_zone="Europe/Paris")

    assert seen(known).active_hours == (21,)
    assert "You mostly talk at 21:00 (Asia/Seoul)." in seen(known).words
    assert seen(profile(*evenings, seen_zone="nowhere")).active_hours == (12,)
    assert seen(profile(*evenings[:3])).active_hours == ()
