"""Prompts: what is in them, and within which budgets."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sessions.conversation import Remembered, Summary
from sessions.errors import NotFound
from sessions.personas.analysis import analyse
from sessions.personas.catalogue import Catalogue
from sessions.personas.prompts import Known, Share, build_prompt
from sessions.personas.prompts.budget import Budgets
from sessions.personas.prompts.known import known_of
from sessions.personas.prompts.quoting import quoted
from sessions.personas.recommend import recommend
from sessions.profiles.preferences import Preferences
from sessions.tokens import estimate_tokens
from tests.sessions.personas.fifth import FIFTH, with_file
from tests.sessions.personas.prompts.parsing import parse
from tests.sessions.personas.prompts.talks import CATALOGUE, grown, last, note, past, prompt, talk

MEI = Summary(
    text="1. Works in a small bakery and dreams of opening one.",
    notes=(
        note("name", "Mei"),
        note("goal", "open a bakery in autumn"),
        note("person", "Jun, her business partner"),
        note("deadline", "12 May"),
        note("tried", "a market stall"),
        note("feeling", "afraid of debt"),
    ),
    upto=6,
)


def test_the_facts_travel_beside_the_text() -> None:
    text, conversation = "I'm so worried", talk(past(6, "Jun thinks we should wait."), summary=MEI)
    made = prompt(text, conversation, persona="riri")
    assert (made.persona, made.language, made.text) == ("riri", "en", text)
    assert made.conversation is conversation
    assert made.temperature == CATALOGUE.get("riri").sampling.temperature
    assert made.max_tokens == CATALOGUE.get("riri").sampling.max_tokens


def test_the_system_part_is_the_same_on_every_turn() -> None:
    turns = [past(number, f"thing {number}, I'm so worried") for number in range(4)]
    first = prompt("hello there", talk(), persona="lua")
    later = prompt("what a terrible day!!", talk(*turns, summary=MEI), persona="lua")
    assert first.messages[0].role == "system"
    assert first.messages[0] == later.messages[0]


def test_earlier_turns_are_only_appended_to() -> None:
    turns = [past(number, f"thing {number}") for number in range(4)]
    three, four = prompt("a", talk(*turns[:3])), prompt("b", talk(*turns))
    assert four.messages[1:7] == three.messages[1:7]


def test_the_last_turns_are_verbatim_and_alternate() -> None:
    turns = [past(number, f"I said {number}", f"Answer {number}") for number in range(12)]
    made = prompt("go on", talk(*turns))
    roles = [message.role for message in made.messages]
    assert roles == ["system", *["user", "assistant"] * 7, "user"]
    assert made.messages[1].content == quoted("message", "I said 5")
    assert made.messages[-2].content == "Answer 11"


def test_a_failed_answer_leaves_no_hole() -> None:
    made = prompt("still there?", talk(past(1, "first try", "")))
    assert [message.role for message in made.messages] == ["system", "user"]
    assert last(made).startswith(quoted("message", "first try"))
    assert quoted("message", "still there?") in last(made)


def test_who_answered_before_is_told() -> None:
    turns = past(1, "hi", persona="nana"), past(2, "hm", persona="retired"), past(3, "so", "")
    made = last(prompt("go on", talk(*turns), persona="elro"))
    assert "Earlier answers came from Nana;" in made
    assert "retired" not in made


def test_another_language_is_named_in_the_closing_line() -> None:
    made = prompt("Je ne sais pas quoi faire", talk(), persona="lua")
    assert "Answer the message as Lua, in French." in last(made)


def test_turns_that_the_window_dropped_are_in_the_summary() -> None:
    long = [past(number, "word " * 1600) for number in (1, 2)]
    summary = Summary(text="0. The start.", pending=("1. First line.", "2. Second line."), upto=2)
    made = last(prompt("and now?", talk(*long, summary=summary)))
    assert quoted("summary", "0. The start.\n1. First line.") in made


def test_notes_come_in_the_order_the_shape_needs() -> None:
    lua = last(prompt("hm", talk(summary=MEI), persona="lua"))
    nana = last(prompt("hm", talk(summary=MEI), persona="nana"))
    assert lua.index("feeling:") < lua.index("goal:")
    assert nana.index("person:") < nana.index("goal:") < nana.index("feeling:")


def test_what_the_user_set_out_to_do_is_among_the_notes() -> None:
    english = grown([past(1, "I'll write to Sam tomorrow.", "Try to rest as well.")])
    korean = grown([past(1, "내일 샘한테 메일 보낼게요")])
    assert "> has set out to do: Write to Sam tomorrow" in last(prompt("ok", english))
    assert "rest as well" not in last(prompt("ok", english))
    assert "> 하기로 한 일: 내일 샘한테 메일 보낼게요" in last(prompt("네", korean))


def test_too_many_notes_leave_the_newest_of_the_first_kinds() -> None:
    notes = tuple(note("goal", f"goal number {number}") for number in range(40))
    made = last(prompt("hm", talk(summary=Summary(notes=notes)), budgets=Budgets(notes=30)))
    assert "goal number 39" in made
    assert "goal number 0" not in made


def test_each_section_keeps_its_budget() -> None:
    notes = tuple(note("goal", f"goal {number} " * 5) for number in range(40))
    summary = Summary(text="a long story " * 900, notes=notes)
    text = "We owe 1,250 dollars. " * 300
    known = Known(
        memories=tuple(f"memory {number} " * 5 for number in range(40)),
        preferences=Preferences(length="short", structure="steps", pace="slow"),
    )
    budgets = Budgets(situation=60, preferences=45, memory=70, notes=80, summary=90, facts=20)
    made = prompt(text, talk(summary=summary), persona="riri", budgets=budgets, known=known)
    found = {section.kind: section.text for section in parse(last(made), "en")}
    assert list(found) == [
        *("situation", "preferences", "memory", "notes", "summary", "facts", "message", "answer")
    ]
    assert found.pop("message") == text
    for kind, body in found.items():
        assert 0 < estimate_tokens(body) <= getattr(budgets, kind)


def test_only_whole_memories_are_recalled() -> None:
    memories = ("short one", "a very long one " * 60, "another short one")
    made = prompt("hm", talk(), known=Known(memories=memories), budgets=Budgets(memory=12))
    found = {section.kind: section.text for section in parse(last(made), made.language)}
    assert found["memory"] == "short one\nanother short one"


def test_what_a_user_likes_is_told_in_the_language_of_the_message() -> None:
    known = Known(preferences=Preferences(length="short", pace="slow"))
    english, korean = (last(prompt(text, talk(), known=known)) for text in ("go on", "계속해 줘"))
    assert "Short answers:" in english
    assert "One thing at a time:" in english
    assert "짧은 답:" in korean
    assert "# What this user likes" not in last(prompt("go on", talk()))


def test_a_few_words_that_weigh_nothing_are_answered_without_the_shape() -> None:
    assert "without the shape" in last(prompt("thank you", talk(), persona="nana"))
    assert "who, when and how" in last(prompt("hurry, deadline!", talk(), persona="nana"))
    assert "one creative idea" in last(prompt("I'm terrified", talk(), persona="lua"))


def test_a_share_is_shown_beside_the_whole_message() -> None:
    made = prompt(
        "I'm sad. Fix my code.",
        talk(),
        persona="elro",
        share=Share(text="Fix my code.", others=("Lua", "Nana")),
    )
    found = {section.kind: section.text for section in parse(last(made), "en")}
    assert (found["message"], found["part"]) == ("I'm sad. Fix my code.", "Fix my code.")
    assert "Lua and Nana answer the same message with you." in found["answer"]


@pytest.mark.parametrize("text", ["가" * 8000, "word " * 1600])
def test_the_longest_message_is_not_cut(text: str) -> None:
    assert quoted("message", text) in last(prompt(text, talk()))


@pytest.mark.parametrize("persona_id", CATALOGUE.ids)
@pytest.mark.parametrize("text", ["hello", "안녕하세요"])
def test_a_persona_takes_a_bounded_part_of_the_prompt(persona_id: str, text: str) -> None:
    made = prompt(text, talk(), persona=persona_id)
    assert estimate_tokens(made.messages[0].content) < 2600


@pytest.mark.parametrize(
    ("persona", "text", "hint"),
    [
        ("lua", "haha so funny, tell me a joke", "The mood is light"),
        ("lua", "I'm terrified", "hear it before you offer"),
        ("elro", "so fed up with this", "Acknowledge the strain"),
        ("elro", "look at `x = 1`", "There is code"),
        ("riri", "is it enough?", "The message holds no figures"),
        ("riri", "I'm so worried about 300 euros", "Acknowledge the strain"),
        ("nana", "I'm completely lost, this makes no sense", "Things are tangled"),
        ("nana", "deadline in an hour, hurry!", "put the very next action first"),
    ],
)
def test_a_shape_points_out_what_matters_to_it(persona: str, text: str, hint: str) -> None:
    assert hint in last(prompt(text, talk(), persona=persona))


def test_figures_are_listed_with_their_units() -> None:
    text = "I earn $2,600, spend 85 %, slept 6.5 hours, 4200만 원, 120 loaves, 120 loaves."
    made = last(prompt(text, talk(), persona="riri"))
    assert quoted("facts", "$2,600\n85 %\n6.5 hours\n4200만 원\n120") in made


def test_a_fifth_persona_gets_a_prompt_from_its_file(tmp_path: Path) -> None:
    made = prompt(
        "How is my pronunciation?", talk(), persona="sora", catalogue=with_file(tmp_path, FIFTH)
    )
    assert made.messages[0].content.startswith("You are Sora: Language coach.")
    assert "Try it aloud: hola!" in made.messages[0].content
    assert "Keep to the shape of an answer described at the beginning." in last(made)


def test_a_persona_that_is_not_there_is_not_found() -> None:
    text, analysis = "hi", analyse("hi")
    found = recommend(text, analysis, talk(), CATALOGUE, chosen=None)
    with pytest.raises(NotFound):
        build_prompt(text, analysis, found, talk(), Catalogue([CATALOGUE.get("riri")]))


def test_a_correction_is_told_as_one_and_stands_in_the_notes() -> None:
    known = Remembered(
        id="f_1",
        kind="name",
        text="My name is Mei-Lin",
        at=datetime(2026, 3, 4, tzinfo=UTC),
        corrected=True,
    )
    liked = Preferences()
    made = prompt(
        "go on",
        talk(past(1, "I'm Mei."), summary=MEI),
        known=known_of([known], liked, language="en", names={}),
    )
    newest = made.messages[-1].content
    assert "Corrected by the user on 2026-03-04" in newest
    assert "Mei-Lin" in newest
    assert [note.text for note in made.conversation.summary.notes if note.kind == "name"] == [
        "Mei-Lin"
    ]


def test_long_messages_that_are_brought_back_push_no_fact_out() -> None:
    at = datetime(2026, 3, 4, tzinfo=UTC)
    long = "It was a long evening and we talked about the flat and the river. " * 40
    said = [
        Remembered(id=f"t_{each}", kind="said", text=f"{each} {long}", at=at, own=each % 2 == 0)
        for each in range(6)
    ]
    facts = [
        Remembered(id="f_1", kind="goal", text="I want to run a half marathon", at=at),
        Remembered(id="f_2", kind="deadline", text="I have to pay 900 euros on Friday", at=at),
    ]
    known = known_of([*said, *facts], Preferences(), language="en", names={})
    assert known.remembered[0] is said[0]
    assert known.remembered[-2:] == tuple(facts)
    assert sum(estimate_tokens(each) + 1 for each in known.memories) <= Budgets().memory
    alone = known_of(said[1:2], Preferences(), language="en", names={})
    assert "1 It was a long evening" in alone.memories[0]
