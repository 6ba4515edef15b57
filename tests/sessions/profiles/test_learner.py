"""Learning from turns, over real documents."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from schemas.profiles import UpdateProfile
from sessions.advice import Advice
from sessions.archive import FeedbackDocument, RoutingDocument, TurnDocument, UserMessage
from sessions.errors import BadRequest, NotFound, StoreUnavailable
from sessions.experiments.documents import EXPOSURES
from sessions.experiments.experiment import Experiment, Metric, Step
from sessions.experiments.experiments import Experiments
from sessions.profiles.documents import (
    CHOICES,
    POLICIES,
    PROFILES,
    ChoiceDocument,
    Chosen,
    PolicyDocument,
)
from sessions.profiles.insight import Insight
from sessions.profiles.learner import Learner
from sessions.profiles.policies import CURRENT
from sessions.profiles.policy import POLICIES as NAMED
from sessions.profiles.policy import STEADY
from sessions.profiles.profiles import Profiles
from sessions.profiles.pseudonyms import Pseudonyms
from sessions.route import Route
from sessions.stores.sqlite import SqliteDocuments
from tests.clocks import FakeClock
from tests.personas import packaged
from tests.sessions.profiles.evidence import situation
from tests.sessions.turns import AT, answer, session, turn

NAMES = Pseudonyms("a secret of the tests")
CATALOGUE = packaged()
ROUTE = Route(
    persona="lua",
    secondary="elro",
    confidence=0.6,
    scores={"lua": 0.6, "elro": 0.2, "riri": 0.1, "nana": 0.1},
    key="calm-medium-planning",
    reason="",
    reasons={},
)
EXPERIMENT = Experiment(
    name="e",
    salt="s",
    control="control",
    steps=(Step(share=1.0, weights={"control": 1.0, "new": 1.0}),),
    metrics=(Metric(name="rating", kind="mean"),),
)


class House:
    """A learner and profiles over one store, at one time."""

    def __init__(self, documents: Any) -> None:
        self.clock = FakeClock(AT + timedelta(hours=1))
        self.documents = documents
        self.learner = Learner(documents=documents, clock=self.clock, names=NAMES)
        self.advice = Advice(documents=documents, clock=self.clock, names=NAMES)
        self.experiments = Experiments(documents=documents, clock=self.clock, names=NAMES)
        self.profiles = Profiles(
            documents=documents,
            clock=self.clock,
            names=NAMES,
            catalogue=CATALOGUE,
            advice=self.advice,
            experiments=self.experiments,
        )

    async def row(self, turn_id: str) -> ChoiceDocument:
        row: ChoiceDocument | None = await self.documents.get(CHOICES, NAMES.turn(turn_id))
        assert row is not None
        return row


@pytest.fixture
async def house(documents: SqliteDocuments) -> House:
    return House(documents)


def chosen(persona: str = "elro", **fields: Any) -> Chosen:
    made: dict[str, Any] = {
        "persona": persona,
        "intent": "planning",
        "mood": "level",
        "probabilities": {"lua": 0.05, "elro": 0.8, "riri": 0.1, "nana": 0.05},
        "leaning": {},
        "pulls": {},
        "propensities": {name: float(name == persona) for name in CATALOGUE.ids},
        "policy": "steady",
    }
    return Chosen(**(made | fields))


def answered(number: int, persona: str = "elro", /, **fields: Any) -> TurnDocument:
    done = structs.replace(
        answer(turn_id=f"t_{number}"), persona=persona, created_at=AT + timedelta(minutes=number)
    )
    made: dict[str, Any] = {
        "answer": done,
        "created_at": AT + timedelta(minutes=number),
        "routing": RoutingDocument(
            persona=persona,
            choices=(),
            resonance_key="calm-medium-planning",
            resonance_confidence=0.7,
            override=False,
            language="en",
        ),
    }
    return turn(number, **(made | fields))


async def test_a_pick_speaks_for_the_picked_and_against_the_one_passed_over(house: House) -> None:
    picked = answered(1, "nana", persona="nana")

    await house.learner.ended(picked, session(), chosen("nana", pinned=True))
    known = await house.learner.known("u1")

    pulls = known.pulls(situation("planning", "level"))
    assert pulls["nana"] > 0 > pulls["elro"]
    assert (await house.row("t_1")).signals == {"override": 1.0}


async def test_a_turn_that_is_told_again_counts_once(house: House) -> None:
    for number in (1, 2):
        picked = answered(number, "nana", persona="nana", session_id=f"s_{number}")
        for _ in range(3):
            await house.learner.ended(picked, session(), chosen("nana", pinned=True))
    once = await house.profiles.get("u1")

    assert once.turns == 2
    assert [len(each.signals) for each in once.evidence if each.persona == "nana"] == [3, 1]


@pytest.mark.parametrize("by", ["session", "message"])
async def test_a_pick_that_goes_on_counts_once_in_its_session(house: House, by: str) -> None:
    pinned = session(persona="nana" if by == "session" else None)
    for number in range(1, 6):
        picked = answered(number, "nana", persona="nana" if by == "message" else None)
        await house.learner.ended(picked, pinned, chosen("nana", pinned=True))

    found = (await house.profiles.get("u1")).evidence
    assert sum("override" in each.signals for each in found if each.persona == "nana") == 1
    assert sum("override" in each.signals for each in found if each.persona == "elro") == 1


async def test_a_pick_counts_again_when_the_router_was_free_meanwhile(house: House) -> None:
    for number in (1, 3):
        picked = answered(number, "nana", persona="nana")
        await house.learner.ended(picked, session(), chosen("nana", pinned=True))
        await house.learner.ended(answered(number + 1), session(), chosen())

    found = (await house.profiles.get("u1")).evidence
    assert sum("override" in each.signals for each in found if each.persona == "nana") == 2


async def test_going_on_coming_back_and_staying_away_are_told_apart(house: House) -> None:
    await house.learner.ended(answered(1), session(), chosen())
    await house.learner.ended(answered(2), session(), chosen())
    hours = {"created_at": AT + timedelta(hours=5)}
    await house.learner.ended(answered(3, **hours), session(), chosen())

    went_on, came_back = (await house.row("t_1")).signals, (await house.row("t_2")).signals
    assert went_on == {"follow_up": 0.53}
    assert came_back == {"follow_up": 0.49, "return": 0.53}
    assert (await house.row("t_3")).reward is None


async def test_a_second_answer_speaks_against_the_first(house: House) -> None:
    first = answered(1)
    await house.learner.ended(first, session(), chosen())
    again = answered(2, messages=first.messages, supersedes="t_1", forked=True)
    await house.learner.ended(again, session(), chosen())

    assert (await house.row("t_1")).signals == {"regenerate": 0.0}
    assert (await house.row("t_1")).reward == 0.0
    assert (await house.row("t_2")).signals == {}


async def test_an_edited_message_is_no_second_answer(house: House) -> None:
    await house.learner.ended(answered(1), session(), chosen())
    message = UserMessage(
        id="m_9", client_msg_id="c9", text="other words", created_at=AT, supersedes="m_1"
    )
    edited = answered(2, messages=(message,), client_msg_ids=("c9",), supersedes="t_1", forked=True)
    await house.learner.ended(edited, session(), chosen())

    assert (await house.row("t_1")).signals == {}


async def test_a_rating_counts_even_before_its_turn_is_learned(house: House) -> None:
    rated = answered(1, feedback=FeedbackDocument(rating=1, reason="", at=AT, stars=4))

    await house.learner.rated(rated)
    await house.learner.ended(rated, session(), chosen())

    assert (await house.row("t_1")).signals == {"rating": 0.75}
    assert (await house.profiles.get("u1")).turns == 1


async def test_a_rating_that_is_taken_back_leaves_nothing(house: House) -> None:
    await house.learner.ended(answered(1), session(), chosen())
    down = FeedbackDocument(rating=-1, reason="too long", at=AT)
    await house.learner.rated(answered(1, feedback=down))
    rated = await house.row("t_1")
    await house.learner.rated(answered(1, feedback=structs.replace(down, rating=0, reason="")))

    assert rated.reward == 0.0
    assert (await house.row("t_1")).reward is None
    assert (await house.profiles.get("u1")).evidence[0].style == {"message/length": -0.05}


async def test_a_message_with_a_risk_leaves_no_trace(house: House) -> None:
    await house.learner.ended(answered(1), session(), None)

    assert await house.documents.get(PROFILES, NAMES.user("u1")) is None


async def test_writers_in_several_processes_lose_nothing(documents: SqliteDocuments) -> None:
    houses = [House(documents) for _ in range(4)]

    await asyncio.gather(
        *(
            houses[number % 4].learner.ended(
                answered(number, "nana", persona="nana"), session(), chosen("nana", pinned=True)
            )
            for number in range(1, 17)
        )
    )

    found = await houses[0].profiles.get("u1")
    assert found.turns == 16
    assert len([each for each in found.evidence if each.persona == "nana"]) == 16


async def test_an_old_reading_of_the_profile_loses_nothing_of_what_came_since(
    house: House,
) -> None:
    await house.learner.ended(answered(1), session(), chosen())
    known = (await house.learner.known("u1")).profile
    for number in (2, 3):
        await house.learner.ended(answered(number), session(), chosen(), known=known)

    profile = await house.profiles.get("u1")
    assert profile.turns == 3
    assert (await house.row("t_2")).signals == {"follow_up": 0.53}


async def test_what_was_erased_does_not_come_back_with_a_turn_that_began_before(
    house: House,
) -> None:
    for number in (1, 2):
        await house.learner.ended(answered(number), session(), chosen())
    known = (await house.learner.known("u1")).profile
    await house.profiles.erase("u1")
    house.clock.advance(1)
    for number in (3, 4):
        await house.learner.ended(answered(number), session(), chosen())

    await house.learner.ended(answered(5), session(), chosen(), known=known)

    found = (await house.profiles.get("u1")).evidence
    assert {each.key for each in found} == {NAMES.turn(f"t_{number}") for number in (3, 4, 5)}


async def test_a_user_who_learns_nothing_is_neither_learned_from_nor_logged(house: House) -> None:
    await house.learner.ended(answered(1, "nana", persona="nana"), session(), chosen("nana"))
    await house.profiles.update("u1", UpdateProfile(learning=False))
    await house.learner.ended(answered(2), session(), chosen())
    known = await house.learner.known("u1")

    assert known.pulls(situation("planning", "level")) == {}
    assert not known.acquainted
    assert await house.documents.get(CHOICES, NAMES.turn("t_2")) is None


async def test_a_profile_is_only_its_users(house: House) -> None:
    await house.learner.ended(answered(1, "nana", persona="nana"), session(), chosen("nana"))

    theirs = await house.profiles.get("u2")

    assert theirs.evidence == ()
    assert (await house.learner.known("u2")).pulls(situation()) == {}


async def test_an_anonymous_profile_names_nobody_and_still_routes(house: House) -> None:
    for number in (1, 2):
        picked = answered(number, "nana", persona="nana", session_id=f"s_{number}")
        await house.learner.ended(picked, session(), chosen("nana", pinned=True))
    assert (await house.row("t_1")).user_id == "u1"
    await house.profiles.update("u1", UpdateProfile(anonymous=True))
    await house.learner.ended(answered(3), session(), chosen())

    rows = [await house.row(f"t_{number}") for number in (1, 2, 3)]
    profile = await house.documents.get(PROFILES, NAMES.user("u1"))
    assert all((row.user_id, row.turn_id) == ("", "") for row in rows)
    assert profile is not None
    assert profile.user_id == ""
    assert (await house.learner.known("u1")).pulls(situation())["nana"] > 0.1


async def test_erasing_leaves_nothing_of_the_user_and_all_of_others(house: House) -> None:
    for number in range(1, 4):
        await house.learner.ended(answered(number), session(), chosen())
    other = answered(4, user_id="u2")
    await house.learner.ended(other, session(user_id="u2"), chosen())

    await house.profiles.erase("u1")

    assert await house.documents.get(PROFILES, NAMES.user("u1")) is None
    left = await house.documents.find(CHOICES, "by_time", {})
    assert [row.user_id for row in left] == ["u2"]


async def test_erasing_takes_recommendations_and_experiments_with_it(house: House) -> None:
    await house.experiments.start(EXPERIMENT)
    await house.experiments.refresh()
    for user in ("u1", "u2"):
        for _ in range(3):
            await house.advice.keep(user, ROUTE)
        assert await house.experiments.expose("e", user) is not None
        await house.experiments.record("rating", user, 5)

    await house.profiles.erase("u1")

    exposures = await house.documents.find(EXPOSURES, "by_experiment", {"experiment": "e"})
    assert await house.advice.history("u1", limit=9) == []
    assert len(await house.advice.history("u2", limit=9)) == 3
    assert len(exposures) == 1
    assert await house.experiments.expose("e", "u1") is not None, "they may take part again"


async def test_recommendations_are_kept_as_long_as_the_profile_says_and_name_nobody(
    house: House,
) -> None:
    before = await house.advice.keep("u1", ROUTE)
    await house.profiles.update("u1", UpdateProfile(retention_days=30, anonymous=True))
    house.clock.advance(60)
    after = await house.advice.keep("u1", ROUTE)
    await house.advice.rate("u1", before.id, 1)

    found = await house.advice.history("u1", limit=9)
    assert before.expires_at == before.at + timedelta(days=90)
    assert [each.id for each in found] == [after.id, before.id]
    assert all(each.expires_at == each.at + timedelta(days=30) for each in found)
    assert all(each.user == NAMES.user("u1") for each in found)
    assert found[1].rating == 1
    with pytest.raises(NotFound):
        await house.advice.rate("u2", before.id, 1)


async def test_another_retention_holds_for_rows_that_are_there(house: House) -> None:
    await house.learner.ended(answered(1), session(), chosen())

    await house.profiles.update("u1", UpdateProfile(retention_days=30))

    row = await house.row("t_1")
    assert row.expires_at == row.at + timedelta(days=30)
    assert (await house.profiles.get("u1")).stale_at == row.at + timedelta(days=30)


async def test_what_is_stale_goes_and_what_was_set_stays(house: House) -> None:
    await house.learner.ended(answered(1), session(), chosen())
    await house.learner.ended(answered(2, user_id="u2"), session(user_id="u2"), chosen())
    await house.profiles.update("u2", UpdateProfile(persona="riri"))

    house.clock.advance(91 * 86_400)
    await house.profiles.forget_stale()

    assert await house.documents.get(PROFILES, NAMES.user("u1")) is None
    kept = await house.documents.get(PROFILES, NAMES.user("u2"))
    assert kept is not None
    assert (kept.persona, kept.evidence) == ("riri", ())


async def test_what_was_learned_while_a_profile_was_found_stale_stays(house: House) -> None:
    class Talked:
        """Has the user talk between what is found and what is done about it."""

        def __getattr__(self, name: str) -> Any:
            return getattr(house.documents, name)

        async def find(self, *args: Any, **kwargs: Any) -> Any:
            found = await house.documents.find(*args, **kwargs)
            if found and not self.talked:
                self.talked = True
                now = house.clock.now()
                late = structs.replace(answer(turn_id="t_2"), persona="elro", created_at=now)
                told = answered(2, created_at=now, answer=late)
                await house.learner.ended(told, session(), chosen())
            return found

        talked = False

    await house.learner.ended(answered(1), session(), chosen())
    house.clock.advance(91 * 86_400)
    talked: Any = Talked()
    profiles = Profiles(
        documents=talked,
        clock=house.clock,
        names=NAMES,
        catalogue=CATALOGUE,
        advice=house.advice,
        experiments=house.experiments,
    )
    await profiles.forget_stale()

    profile = await house.documents.get(PROFILES, NAMES.user("u1"))
    assert profile is not None
    assert [each.key for each in profile.evidence] == [NAMES.turn("t_2")]


@pytest.mark.parametrize("changes", [{"persona": "nobody"}, {"zone": "Mars/Olympus"}])
async def test_settings_that_make_no_sense_are_refused(
    house: House, changes: dict[str, Any]
) -> None:
    with pytest.raises(BadRequest):
        await house.profiles.update("u1", UpdateProfile(**changes))


async def test_a_store_that_is_away_costs_no_turn_anything(house: House) -> None:
    class Away:
        def __getattr__(self, name: str) -> Any:
            async def fail(*args: Any, **kwargs: Any) -> None:
                raise StoreUnavailable("away")

            return fail

    away: Any = Away()
    learner = Learner(documents=away, clock=house.clock, names=NAMES)

    assert await learner.known("u1") == Insight(now=house.clock.now())
    await learner.ended(answered(1), session(), chosen())
    await learner.rated(answered(1, feedback=FeedbackDocument(rating=1, reason="", at=AT)))


async def test_a_promoted_policy_is_taken_over_and_a_broken_one_is_not(house: House) -> None:
    bold = NAMED["bold"]
    document = PolicyDocument(
        id=CURRENT, name=bold.name, parameters=bold.parameters(), promoted_at=AT
    )
    await house.documents.insert(POLICIES, document)
    await house.learner.take_policy()
    taken = house.learner.policy
    stored = await house.documents.get(POLICIES, CURRENT)
    await house.documents.replace(POLICIES, structs.replace(stored, parameters={"floor": 2.0}))
    await house.learner.take_policy()

    assert taken == bold
    assert house.learner.policy == bold
    assert taken != STEADY
