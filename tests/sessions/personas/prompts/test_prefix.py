"""A prompt grows at its end, so that a provider can keep what it has read."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.conversation import PastTurn
from sessions.llm.provider import PromptMessage
from sessions.personas.prompts import Known, build_prompt
from sessions.profiles.preferences import Preferences
from sessions.tokens import estimate_tokens
from tests.sessions.personas.prompts.hostile import HOSTILE
from tests.sessions.personas.prompts.talks import CATALOGUE, grown, past, recommended, sounding

SAID = HOSTILE.map(lambda text: f"I say: {text}")
TURNS = st.lists(st.tuples(SAID, st.sampled_from(["", "Yes.", "I hear you. " * 40])), max_size=12)

# Over it the window moves in smaller steps.
BUDGET = 2_000


def before(turns: list[PastTurn]) -> list[PromptMessage]:
    """Return the messages before the newest one, which alone has what differs from turn to turn."""
    now = f"recalled at turn {len(turns)}"
    made = build_prompt(
        f"and now, {len(turns)}?",
        sounding(("elro", "lua")[len(turns) % 2], "en"),
        recommended("elro"),
        grown(turns),
        CATALOGUE,
        known=Known(
            memories=(now,), preferences=Preferences(length=("short", "long")[len(turns) % 2])
        ),
    )
    assert [now in each.content for each in made.messages] == [False] * len(made.messages[:-1]) + [
        True
    ]
    return list(made.messages[:-1])


@settings(max_examples=25, deadline=None)
@given(TURNS)
def test_a_prompt_begins_with_the_one_before_except_where_the_window_moves(
    told: list[tuple[str, str]],
) -> None:
    turns = [past(number, said, answer) for number, (said, answer) in enumerate(told, start=1)]
    prompts = [before(turns[:count]) for count in range(len(turns) + 1)]
    moved = 0
    for earlier, later in pairwise(prompts):
        assert later[0] == earlier[0]
        if later[: len(earlier)] != earlier:
            moved += 1
            assert any(each.content.endswith(later[1].content) for each in earlier)
    if sum(estimate_tokens(f"{said}{answer}") for said, answer in told) < BUDGET:
        assert moved <= 1


def test_the_window_moves_once_in_five_turns() -> None:
    turns = [past(number, f"This is number {number}.") for number in range(1, 41)]
    prompts = [before(turns[:count]) for count in range(41)]
    moves = [
        count for count in range(40) if prompts[count + 1][: len(prompts[count])] != prompts[count]
    ]
    assert moves == [9, 14, 19, 24, 29, 34, 39]
