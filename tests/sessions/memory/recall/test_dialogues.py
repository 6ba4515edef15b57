"""Files in the layout of LoCoMo, with all that is odd in them."""

import json
from pathlib import Path
from typing import Any

import pytest

from sessions.memory.recall.dialogues import DialoguesInvalid, read_dialogues


def written(tmp_path: Path, **changes: Any) -> Path:
    """Write one dialogue with changes."""
    talk = {
        "speaker_a": "Ann",
        "speaker_b": "Bo",
        "session_2_date_time": "1:56 pm on 8 May, 2023",
        "session_2": [{"speaker": "Bo", "dia_id": "D2:1", "text": "Bye", "query": "a wave"}],
        "session_10_date_time": "no time",
        "session_10": [
            {"speaker": "Ann", "dia_id": "D10:1", "text": "Look!", "blip_caption": "a red kite"},
            {"speaker": "Bo", "dia_id": "D10:2", "text": ""},
        ],
        "session_11": [],
        "session_12_date_time": "9:00 am on 9 May, 2023",
    }
    sample = {"sample_id": "one", "conversation": talk, "qa": [], "observation": {}} | changes
    path = tmp_path / "dialogues.json"
    path.write_text(json.dumps([sample]))
    return path


def test_sessions_are_in_order_and_pictures_are_words(tmp_path: Path) -> None:
    asked = {"question": "?", "answer": "x", "category": 4, "evidence": ["D2:1"]}
    (talk,) = read_dialogues(written(tmp_path, qa=[asked]))
    assert [(each.number, str(each.at)) for each in talk.sessions] == [
        (2, "2023-05-08 13:56:00+00:00"),
        (10, "2023-05-09 13:56:00+00:00"),
    ]
    assert [each.told for each in talk.sessions[1].utterances] == ["Look!\na red kite"]


@pytest.mark.parametrize(
    ("evidence", "found"),
    [
        (["D2:1; D10:1"], {"D2:1", "D10:1"}),
        (["D:10:1"], {"D10:1"}),
        (["D02:01", "D9:9"], {"D2:1"}),
        ("D2:1", {"D2:1"}),
    ],
)
def test_evidence_is_read_however_it_is_put(tmp_path: Path, evidence: Any, found: set[str]) -> None:
    none = [{"question": "?", "evidence": each} for each in ([], ["D9:9"], ["D"], None)]
    asked = {"question": "?", "category": 1, "evidence": evidence}
    (talk,) = read_dialogues(written(tmp_path, qa=[asked, *none, {"question": "?"}]))
    assert [set(query.evidence) for query in talk.queries] == [found]
    assert talk.left_out == 5


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "holds no list of dialogues"),
        ("{}", "Expected `array`, got `object`"),
        ("[{}]", "missing required field `conversation`"),
        ("[]", "holds no question with evidence"),
        ('[{"conversation": {"session_1": [{"speaker": "A"}]}}]', "$[0].conversation.session_1"),
        ('[{"conversation": {"session_1": 3}}]', "$[0].conversation.session_1"),
    ],
)
def test_a_file_that_is_none_is_told_where(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "dialogues.json"
    path.write_text(text)
    with pytest.raises(DialoguesInvalid) as raised:
        read_dialogues(path)
    assert told in str(raised.value)
    with pytest.raises(DialoguesInvalid, match="can't be read"):
        read_dialogues(tmp_path / "none.json")
