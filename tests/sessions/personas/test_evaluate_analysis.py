"""Measuring the analysis on labelled messages."""

from sessions.personas.catalogue import load_catalogue
from sessions.personas.evaluate_analysis import Labelled, measure, table

EXAMPLES = [
    Labelled(text="I'm terrified of the exam", tone="anxious", language="en"),
    Labelled(text="너무 불안해요", tone="anxious", language="ko"),
    Labelled(text="haha that pun was awful", tone="playful", persona="lua"),
    Labelled(text="haha lol", tone="calm"),
]


def test_only_what_is_labelled_is_measured() -> None:
    report = measure(EXAMPLES, load_catalogue())

    assert report.n == 4
    assert report.tone is not None
    assert report.tone.n == 4
    assert report.tone.accuracy == 0.75
    assert report.tone.accuracy_interval.low <= 0.75 <= report.tone.accuracy_interval.high
    assert report.tone.confusion["calm"] == {"playful": 1}
    assert report.language is not None
    assert report.language.accuracy == 1.0
    assert report.persona is not None
    assert report.persona.n == 1
    assert report.pace is None


def test_the_table_tells_figures_and_confusions() -> None:
    told = table(measure(EXAMPLES, load_catalogue()))

    assert "4 messages" in told
    assert "75.0% (" in told
    assert "calm             playful 1" in told
    assert "pace" not in told


def test_the_second_guess_counts_in_top_2() -> None:
    report = measure([EXAMPLES[3]], load_catalogue())

    assert report.tone is not None
    assert (report.tone.accuracy, report.tone.top2) == (0.0, 1.0)
