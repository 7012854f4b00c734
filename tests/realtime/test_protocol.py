"""What a browser may say, and what is refused with a sentence."""

import contextlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime import protocol
from realtime.protocol import Follow, Leave, Topic, Unclear, Whisper, read

ROOM = Topic("room", 7)


def test_the_three_messages_are_read() -> None:
    assert read('{"type":"follow","topic":"room:7","version":12}') == Follow(ROOM, 12)
    assert read('{"type":"follow","topic":"room:7"}') == Follow(ROOM, 0)
    assert read('{"type":"leave","topic":"room:7"}') == Leave(ROOM)
    said = '{"type":"whisper","topic":"room:7","kind":"typing","body":{"tail":"…"},"to":31}'
    assert read(said) == Whisper(ROOM, "typing", {"tail": "…"}, 31)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "[]",
        "null",
        "not json",
        "[" * 8000,
        '{"type":"shout","topic":"room:7"}',
        '{"type":["follow"],"topic":"room:7"}',
        '{"type":"changed","topic":"room:7","version":3}',
        '{"type":"follow","topic":"room:0"}',
        '{"type":"follow","topic":"room:-7"}',
        '{"type":"follow","topic":"room:7\\n"}',
        '{"type":"follow","topic":"ROOM:7"}',
        '{"type":"follow","topic":"room:٧"}',
        '{"type":"follow","topic":7}',
        '{"type":"follow","topic":"room:7","version":-1}',
        '{"type":"follow","topic":"room:7","version":true}',
        '{"type":"follow","topic":"room:7","version":1.5}',
        '{"type":"follow","topic":"room:7","version":9007199254740992}',
        '{"type":"whisper","topic":"room:7"}',
        '{"type":"whisper","topic":"room:7","kind":"Typing!"}',
        '{"type":"whisper","topic":"room:7","kind":"typing","body":[]}',
        '{"type":"whisper","topic":"room:7","kind":"typing","to":0}',
        '{"type":"whisper","topic":"room:7","kind":"typing","to":"31"}',
        json.dumps({"type": "whisper", "topic": "room:7", "kind": "typing", "body": {"tail": "x" * 5000}}),
        json.dumps({"type": "follow", "topic": "room:7", "version": 1, "filler": "x" * 20000}),
    ],
)
def test_whatever_is_not_in_the_protocol_is_refused_with_a_sentence(said: str) -> None:
    with pytest.raises(Unclear) as refusal:
        read(said)
    assert refusal.value.why.endswith(".")


def test_a_refusal_names_the_topic_it_is_about() -> None:
    with pytest.raises(Unclear) as refusal:
        read('{"type":"follow","topic":"room:7","version":-1}')
    assert refusal.value.topic == "room:7"


@given(
    st.text(max_size=200)
    | st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5).map(json.dumps)
)
def test_no_text_makes_the_reader_stumble(said: str) -> None:
    with contextlib.suppress(Unclear):
        assert isinstance(read(said), Follow | Leave | Whisper)


def test_what_is_written_has_one_form_per_meaning() -> None:
    now = datetime(2026, 6, 9, 10, tzinfo=UTC)
    assert json.loads(protocol.following(ROOM, version=14, now=now)) == {
        "type": "following",
        "topic": "room:7",
        "version": 14,
        "now": "2026-06-09T10:00:00+00:00",
    }
    assert json.loads(protocol.changed(ROOM, version=9)) == {"type": "changed", "topic": "room:7", "version": 9}
    pushed = json.loads(protocol.changed(ROOM, after=14, version=15, html="<li>Straße</li>"))
    assert pushed == {"type": "changed", "topic": "room:7", "after": 14, "version": 15, "html": "<li>Straße</li>"}
    whisper = Whisper(ROOM, "typing", {"tail": "a"}, None)
    assert json.loads(protocol.whispered(whisper, by=31))["by"] == 31
    assert json.loads(protocol.present(ROOM, {31, 3}))["people"] == [3, 31]
