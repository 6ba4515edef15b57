"""A newer goal takes the place of one that its user has changed, and of no other."""

import pytest

from sessions.memory.documents import FACTS
from sessions.stores.documents import Documents
from tests.sessions.llm.offline_talk import Talk
from tests.sessions.memory.keeping import Home

MARATHON = "My goal is to run a marathon"
KOREAN = "My goal is to learn Korean"


@pytest.mark.parametrize(
    ("before", "said", "left"),
    [
        # changed: the one that is alike goes, however many there are
        ((MARATHON, KOREAN), "My new goal is a half marathon instead", (KOREAN,)),
        ((MARATHON, KOREAN), "My new goal is to run a half marathon", (KOREAN,)),
        ((MARATHON,), "I changed my goal to a half marathon", ()),
        # changed to something else: the newest goes
        ((MARATHON,), "I changed my goal to learning the cello", ()),
        ((KOREAN, MARATHON), "I want to learn the cello instead", (KOREAN,)),
        ((MARATHON,), "My goal has changed. I want to learn the cello", ()),
        # independent: they stand beside each other
        ((MARATHON,), KOREAN, (MARATHON,)),
        ((MARATHON,), "My new goal is to open a bakery", (MARATHON,)),
        ((MARATHON,), "I also want to learn the cello", (MARATHON,)),
        ((KOREAN,), "My new goal is to learn the cello", (KOREAN,)),
        (
            ("제 목표는 마라톤을 완주하는 거예요",),
            "목표를 하프 마라톤으로 바꿨어요",
            (),
        ),
        (
            ("제 목표는 마라톤을 완주하는 거예요",),
            "새로운 목표는 하프 마라톤을 완주하는 거예요",
            (),
        ),
        (
            ("제 목표는 마라톤을 완주하는 거예요",),
            "제 목표는 영어를 배우는 거예요",
            ("제 목표는 마라톤을 완주하는 거예요",),
        ),
    ],
)
async def test_a_goal_gives_way_to_the_one_it_was_changed_to(
    before: tuple[str, ...], said: str, left: tuple[str, ...], documents: Documents
) -> None:
    home = Home(documents)
    session = await home.open()
    for text in before:
        await home.tell(session, f"{text}.")

    held = await home.tell(session, f"{said}.")

    new = said.partition(". ")[2] or said
    assert held == sorted((*left, new))
    past = set(before) - set(left)
    ended = [each for each in await home.facts.of_user("u_1", past=True) if each.valid_to]
    assert {each.text for each in ended} == past
    assert all(each.superseded_by for each in ended)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("I changed my mind about the red sofa. My goal is to learn the cello.", (MARATHON,)),
        ("I changed my goal. My goal is to learn the cello. I want to open a bakery.", ()),
    ],
)
async def test_a_message_changes_one_goal_at_most_and_only_if_it_says_so(
    said: str, told: tuple[str, ...], documents: Documents
) -> None:
    home = Home(documents)
    session = await home.open()
    await home.tell(session, f"{MARATHON}.")

    held = await home.tell(session, said)

    bakery = ("I want to open a bakery",) if "bakery" in said else ()
    assert held == sorted((*told, *bakery, "My goal is to learn the cello"))


async def test_a_goal_without_a_slot_gets_its_place_back_when_the_newer_one_is_forgotten(
    documents: Documents,
) -> None:
    home = Home(documents)
    session = await home.open()
    await home.tell(session, f"{MARATHON}.")
    turn = await home.say(session, "I changed my goal to a half marathon.")
    await home.keeper.ended(turn, session)
    assert await home.held() == ["I changed my goal to a half marathon"]

    await home.facts.forget_turns("u_1", [turn.id])

    assert await home.held() == [MARATHON]
    assert len(await documents.find(FACTS, "by_user", {"user_id": "u_1"})) == 1


@pytest.mark.parametrize(
    ("before", "said", "left"),
    [
        (
            MARATHON,
            "I gave up on the marathon. My new goal is to learn the cello.",
            "My new goal is to learn the cello",
        ),
        (
            "I want to run a marathon",
            "Actually, I don't want to run a marathon anymore. I want to learn the cello.",
            "I want to learn the cello",
        ),
        (
            "I want to run a marathon",
            "Forget the marathon, I want to learn the cello now",
            "I want to learn the cello",
        ),
        (
            MARATHON,
            "My goal is to learn the cello now, not the marathon",
            "My goal is to learn the cello",
        ),
        ("마라톤을 완주하고 싶어요", "마라톤 말고 첼로를 배우고 싶어요", "첼로를 배우고 싶어요"),
        (
            "마라톤을 완주하고 싶어요",
            "마라톤은 포기했어요. 이제 첼로를 배우고 싶어요.",
            "이제 첼로를 배우고 싶어요",
        ),
        (
            "제 목표는 마라톤을 완주하는 거예요",
            "목표가 바뀌었어요. 이제 첼로를 배우고 싶어요.",
            "이제 첼로를 배우고 싶어요",
        ),
    ],
)
async def test_a_goal_that_is_given_up_for_another_goes_and_the_other_is_kept(
    before: str, said: str, left: str, documents: Documents
) -> None:
    home = Home(documents)
    session = await home.open()
    assert await home.tell(session, f"{before}.") == [before]

    assert await home.tell(session, said) == [left]

    talk = Talk()
    talk.say_all([f"{before}.", said, "What is my goal?"])
    goals = [note.text for note in talk.summary.notes if note.kind == "goal"]
    assert "cello" in goals[-1] or "첼로" in goals[-1]
    if "marathon" in said or "마라톤" in said:
        assert len(goals) == 1
        assert not any(each in talk.answers[2] for each in ("마라톤", "marathon"))
