"""Five conversations over three weeks on the whole product: `make demo` prints them."""

from app.demo import Said, told


async def test_a_mentor_remembers_keeps_promises_and_never_says_what_was_corrected() -> None:
    story: dict[int, list[Said]] = {}
    async for said in told():
        story.setdefault(said.visit, []).append(said)
    first, second, third, fourth, fifth = (
        [said.answer for said in visit] for visit in story.values()
    )

    assert "talk on Friday or later, I'll ask how it went with your job interview" in first[2]
    assert "May 8" in second[0]
    assert "talk on Monday or later, I'll ask" in second[1]
    # it was moved: not yet asked about, and the old day is not said again by anybody
    assert "how did it go" not in third[0].lower()
    assert "May 11" in third[1]
    later = [*third, *fourth, *fifth]
    assert not any("May 8" in answer or "Friday" in answer for answer in later)
    # the promise is kept with the first word after it was due, once
    asked = [answer for answer in later if "job interview" in answer and "I said" in answer]
    asked += [answer for answer in later if "Last time I promised" in answer]
    assert asked == [fourth[0]]
    assert "product design" in fourth[2]
    assert "Mina" in fifth[1]
    assert "Jo" in fifth[2]
    used = [memory for said in story[4] + story[5] for memory in said.memories]
    assert not any("on Friday" in memory for memory in used)
