"""A method of the house, copied into an event and changed: every change is judged like a file, with the sentence at its field."""

from dataclasses import replace

import pytest

from app.consultation.engine import adapting
from app.consultation.engine.adapting import Document, OutputForm, PhaseForm
from app.consultation.engine.cast import Cast, Seat
from app.consultation.engine.library import methods
from app.consultation.engine.room import Room
from app.consultation.engine.rules import advance, open_door, start
from app.consultation.engine.state import State
from app.core.errors import Invalid, Missing, Refused
from app.timetable.rules import METHOD, fits_a_session

from .rooms import NOON

DILEMMA = "dilemma_consultancy"
CHECK = PhaseForm(
    title={"en": "Check with the house", "de": "Rückfrage im Haus"}, prompt={"en": "Who must agree?", "de": "Wer muss zustimmen?"},
    length=7, once=True, floor="open", speaks=["presenter", "peer"], listens=[], listening="normal", turn=None,
    by_itself=False, outputs=[],
)  # fmt: skip
CARD = OutputForm(
    "", {"en": "Offices to ask", "de": "Ämter"}, "cards", ["peer"], "own_first", characters=200, items=3, kept=True
)


@pytest.fixture
def mine() -> Document:
    return adapting.copied(DILEMMA, key="own_1")


@pytest.mark.parametrize("key", sorted(methods()))
def test_a_copy_goes_exactly_as_the_original(key: str) -> None:
    copy = adapting.method_in(adapting.as_text(adapting.copied(key, key="own_1")))
    assert replace(copy, key=key, version=methods()[key].version) == methods()[key]


def test_changing_a_copy_leaves_the_original_alone(mine: Document) -> None:
    mine["phases"][0]["title"]["en"] = "Changed"
    assert adapting.copied(DILEMMA, key="own_2")["phases"][0]["title"]["en"] != "Changed"


def test_a_new_phase_stands_where_it_was_wanted_and_the_length_follows(mine: Document) -> None:
    method = adapting.judged(adapting.with_phase(mine, "", replace(CHECK, outputs=[CARD]), after="clarifying"))
    keys = [phase.key for phase in method.phases]
    added = method.phases[keys.index("clarifying") + 1]
    assert added.title["de"] == "Rückfrage im Haus" and added.seconds == 7 * 60
    assert sum(phase.seconds for phase in method.phases) == 57 * 60
    deck = added.outputs[0]
    assert (deck.items, deck.characters, deck.seen) == (3, 200, "own_first") and deck.key in method.capture


def test_an_adapted_method_is_held_to_its_end_by_the_engine(mine: Document) -> None:
    document = adapting.with_phase(mine, "", CHECK, after="clarifying")
    method = adapting.judged(adapting.with_phase_moved(document, "overview", later=True))
    seats = [Seat(1, "presenter"), Seat(2, "facilitator"), *(Seat(n, "peer") for n in range(3, 8))]
    room = start(
        open_door(Room(method, Cast(tuple(seats)), State()), expected=[seat.person for seat in seats], now=NOON),
        by=2, now=NOON,
    )  # fmt: skip
    gone_through = []
    while not room.last_step:
        assert room.phase is not None
        gone_through.append(room.phase.key)
        room = advance(room, by=2, leaving=room.state.step, now=NOON)
    assert gone_through[:3] == ["clarifying", "overview", "own_1"] or gone_through[:3] == [
        "clarifying",
        "own_1",
        "overview",
    ]


def test_who_cannot_speak_and_listen_is_told_at_the_field_by_title(mine: Document) -> None:
    changed = adapting.with_phase(mine, "clarifying", replace(CHECK, listens=["peer"]))
    with pytest.raises(Invalid) as told:
        adapting.judged(changed, phase="clarifying")
    assert told.value.fields == {"listens": "“{key}” cannot speak and listen at the same time."}
    assert told.value.values["key"] == mine["roles"][2]["title"]


def test_a_backstage_listener_who_would_write_is_told_at_that_output(mine: Document) -> None:
    form = replace(CHECK, speaks=["presenter"], listens=["peer"], listening="backstage", outputs=[CARD])
    changed = adapting.with_phase(mine, "clarifying", form)
    deck = adapting.phase_of(changed, "clarifying")["outputs"][0]["key"]
    with pytest.raises(Invalid) as told:
        adapting.judged(changed, phase="clarifying", names={deck: "1"})
    assert list(told.value.fields) == ["writes-1"]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("title", {"en": "Only English"}), ("prompt", {"de": "Nur Deutsch"}), ("length", 0), ("floor", "shouting"), ("speaks", ["mayor"])],
)  # fmt: skip
def test_what_is_wrong_in_a_phase_is_said_at_its_field(mine: Document, field: str, wrong: object) -> None:
    changed = adapting.with_phase(mine, "clarifying", replace(CHECK, **{field: wrong}))  # type: ignore[arg-type]
    with pytest.raises(Invalid) as told:
        adapting.judged(changed, phase="clarifying")
    assert list(told.value.fields) == [field]


def test_a_phase_goes_with_what_pointed_at_it(mine: Document) -> None:
    decks = {out["key"] for out in adapting.phase_of(mine, "discussion")["outputs"]}
    kept = {out["key"] for phase in mine["phases"] if phase["key"] != "discussion" for out in phase.get("outputs", [])}
    after = adapting.without_phase(mine, "discussion")
    assert not (decks - kept) & set(after["capture"]) and after["minutes"] < mine["minutes"]


def test_peer_advice_keeps_its_release_at_the_end(mine: Document) -> None:
    with pytest.raises(Refused, match="Peer advice ends with a release"):
        adapting.judged(adapting.without_phase(mine, mine["phases"][-1]["key"]))
    with pytest.raises(Refused, match="Peer advice ends with a release"):
        adapting.judged(adapting.with_phase_moved(mine, mine["phases"][-1]["key"], later=False))


def test_at_either_end_moving_changes_nothing(mine: Document) -> None:
    assert adapting.with_phase_moved(mine, mine["phases"][0]["key"], later=False) == mine | {"loops": []}


def test_the_release_stays_a_release_whatever_a_form_says(mine: Document) -> None:
    last = mine["phases"][-1]
    release = next(out for out in last["outputs"] if out["type"] == "release")
    form = OutputForm(
        release["key"], {"en": "R", "de": "R"}, "cards", release["writes"], "at_once", None, None, kept=False
    )
    method = adapting.judged(adapting.with_phase(mine, last["key"], replace(CHECK, outputs=[form])))
    assert [out.kind for out in method.phases[-1].outputs] == ["release"]


def test_an_unknown_phase_is_missing_and_there_is_a_most(mine: Document) -> None:
    with pytest.raises(Missing):
        adapting.with_phase(mine, "", CHECK, after="nowhere")
    for _ in range(adapting.MOST_PHASES - len(mine["phases"])):
        mine = adapting.with_phase(mine, "", CHECK)
    with pytest.raises(Refused, match="at most 20 phases"):
        adapting.with_phase(mine, "", CHECK)


def test_fewer_most_than_least_people_is_told_at_the_field(mine: Document) -> None:
    with pytest.raises(Invalid) as told:
        adapting.with_frame(mine, title={"en": "A", "de": "A"}, least=8, most=5, rounds=1)
    assert list(told.value.fields) == ["most"]


def test_sessions_of_the_timetable_offer_what_fits_into_one() -> None:
    fitting = {key for key, method in methods().items() if fits_a_session(method)}
    assert {METHOD, DILEMMA, "ten_step_case_consultation"} <= fitting
    assert not {"async_case_consultation", "open_space", "lean_coffee", "wise_crowds"} & fitting
