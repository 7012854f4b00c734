"""Rooms as rows: what an act stores, tells and schedules, on both databases."""

from datetime import date, timedelta

import anyio
import pytest
from sqlmodel import select

from app.consultation import queries, queries_outside
from app.consultation.actions import casting, closing, moves, planning, writing
from app.consultation.actions.planning import Place
from app.consultation.models import Consultation
from app.core import search
from app.core.db import reading, transaction
from app.core.errors import Forbidden, Invalid, Missing, Refused
from app.core.jobs import Job
from app.core.mail import Letter

from .rooms import NOON, later
from .stage import stage, texts

pytestmark = pytest.mark.usefixtures("database")


async def job(key: str) -> Job | None:
    async with reading() as session:
        return (await session.exec(select(Job).where(Job.key == key))).one_or_none()


async def test_a_planned_room_opens_by_itself_a_quarter_of_an_hour_before() -> None:
    here = await stage()
    alarm = await job(f"open:{here.room}")
    assert alarm is not None
    assert alarm.run_at == NOON
    assert (await here.sitting()).row.status == "planned"
    async with transaction() as session:
        await planning.open_lobby(session, here.room, now=NOON)
        await planning.open_lobby(session, here.room, now=NOON)
    assert (await here.sitting()).row.status == "lobby"


async def test_a_slot_that_moved_does_not_open_at_its_old_time() -> None:
    here = await stage()
    async with transaction() as session:
        row = await queries.room_with_key(session, "slot:1")
        assert row is not None
        row.opens_at = NOON + timedelta(days=1)
        session.add(row)
    async with transaction() as session:
        await planning.open_lobby(session, here.room, now=NOON)
    assert (await here.sitting()).row.status == "planned"


async def test_planning_the_same_slot_again_recasts_the_same_room() -> None:
    here = await stage()
    async with transaction() as session:
        again = await planning.plan_room(
            session, event_id=here.event, key="slot:1", title="New title", opens_at=later(60), now=NOON,
            seats=[Place(here.outsider, "case_giver"), Place(here.moderator, "moderator")],
        )  # fmt: skip
    assert again == here.room
    sitting = await here.sitting()
    assert {seat.person_id for seat in sitting.seats} == {here.outsider, here.moderator}
    assert sitting.row.title == "New title"
    assert sitting.row.case_text == "The secret of the bakery"


async def test_a_room_that_is_called_off_is_gone_and_an_open_one_is_not() -> None:
    here = await stage()
    async with transaction() as session:
        await planning.call_off(session, key="slot:1")
    with pytest.raises(Missing):
        await here.sitting()
    assert await job(f"open:{here.room}") is None


async def test_an_act_makes_one_new_version_and_a_repeated_one_none() -> None:
    here = await stage()
    await here.begin()
    before = (await here.sitting()).row.version
    for _ in range(2):
        async with transaction() as session:
            await moves.advance_phase(session, here.room, by=here.moderator, leaving=0, now=NOON)
    after = await here.sitting()
    assert after.row.version == before + 1
    assert after.room.state.step == 1


async def test_somebody_without_a_seat_finds_no_room() -> None:
    here = await stage()
    await here.begin()
    async with transaction() as session:
        with pytest.raises(Missing):
            await moves.raise_hand(session, here.room, by=here.outsider, now=NOON)


async def test_the_gate_lets_in_who_sits_here_and_has_agreed() -> None:
    here = await stage()
    async with transaction() as session:
        await planning.open_lobby(session, here.room, now=NOON)
        await moves.agree(session, here.room, by=here.adviser, now=NOON)
    async with reading() as session:
        version = (await queries.sitting(session, here.room)).row.version
        assert await queries.room_version(session, here.room, person_id=here.adviser) == version
        assert await queries.room_version(session, here.room, person_id=here.case_giver) is None
        assert await queries.room_version(session, here.room, person_id=here.outsider) is None
        assert await queries.desk_version(session, here.room, person_id=here.outsider) is None


async def test_a_line_sent_twice_is_one_line() -> None:
    here = await stage()
    await here.begin()
    for _ in range(2):
        await here.say(here.moderator, "Welcome", key="one")
    async with reading() as session:
        assert texts(await queries.open_contributions(session, here.room)) == ["Welcome"]


async def test_somebody_elses_key_is_not_taken_for_mine() -> None:
    here = await stage()
    await here.open()
    await here.say(here.moderator, "Mine", key="one")
    with pytest.raises(Refused, match="somebody else"):
        await here.say(here.adviser, "Not yours", key="one")


async def test_a_backstage_listener_writes_neither_lines_nor_cards_but_notes() -> None:
    here = await stage()
    await here.begin()
    await here.go_to("consultation")
    with pytest.raises(Refused, match="You are listening now"):
        await here.say(here.case_giver, "But we tried that")
    with pytest.raises(Refused, match="You are listening now"):
        await here.write(here.case_giver, "contributions", "But we tried that")
    async with transaction() as session:
        await writing.save_notes(session, here.room, by=here.case_giver, text="Depot!", now=NOON)
    async with reading() as session:
        notes = await queries.notes(session, await here.seat(here.case_giver))
        assert notes is not None
        assert notes.text == "Depot!"
        assert await queries.open_contributions(session, here.room) == []


async def test_a_card_travels_only_when_its_writer_has_read_it_out() -> None:
    here = await stage()
    await here.begin()
    await here.go_to("consultation")
    await here.write(here.adviser, "contributions", "One depot for both")
    async with reading() as session:
        version = (await queries.sitting(session, here.room)).row.version
        assert await queries.open_contributions(session, here.room) == []
        assert texts(await queries.face_down(session, here.room)) == ["One depot for both"]
    while (speaker := (await here.sitting()).room.state.turns.speaker) is not None:
        async with transaction() as session:
            await moves.finish_turn(session, here.room, by=here.moderator, speaker=speaker, now=NOON)
    async with reading() as session:
        assert texts(await queries.open_contributions(session, here.room, after=version)) == ["One depot for both"]


async def test_where_one_answer_is_wanted_a_new_one_takes_the_place_of_the_old() -> None:
    here = await stage()
    await here.begin()
    await here.go_to("key_question")
    await here.write(here.case_giver, "key_question", "Why are they like this?")
    await here.write(here.case_giver, "key_question", "How do I get both to sign?")
    async with reading() as session:
        question = await queries.key_question(session, await queries.sitting(session, here.room))
        assert question is not None
        assert question.text == "How do I get both to sign?"
        assert len(await queries.open_contributions(session, here.room)) == 1


async def test_a_first_step_needs_a_date() -> None:
    here = await stage()
    await here.begin()
    await here.go_to("closing")
    with pytest.raises(Invalid) as refused:
        await here.write(here.case_giver, "first_step", "Walk one street with both")
    assert "due" in refused.value.fields
    await here.write(here.case_giver, "first_step", "Walk one street with both", due=date(2026, 6, 12))


async def test_i_take_back_my_own_card_only_while_the_phase_lasts() -> None:
    here = await stage()
    await here.begin()
    await here.write(here.adviser, "topics", "A drawer")
    async with transaction() as session:
        (row,) = await queries.open_contributions(session, here.room)
        with pytest.raises(Missing):
            await writing.take_back(session, here.room, by=here.scribe, contribution_id=row.id or 0, now=NOON)
        await writing.take_back(session, here.room, by=here.adviser, contribution_id=row.id or 0, now=NOON)
    async with reading() as session:
        assert await queries.open_contributions(session, here.room) == []
        gone = await queries.open_contributions(session, here.room, after=1)
        assert [row.gone for row in gone] == [True]


async def test_a_lost_line_stops_the_clock_for_the_case_giver() -> None:
    here = await stage()
    await here.begin()
    async with transaction() as session:
        await moves.line_lost(session, here.room, person_id=here.case_giver, now=later(1))
    assert (await here.sitting()).room.state.clock.paused == later(1)
    async with transaction() as session:
        await moves.line_found(session, here.room, person_id=here.case_giver, now=later(2))
    assert (await here.sitting()).room.state.clock.paused is None


async def test_a_room_nobody_ends_closes_and_the_release_can_still_be_decided() -> None:
    here = await stage()
    await here.begin()
    await here.go_to("key_question")
    await here.write(here.case_giver, "key_question", "How do I get both to sign?")
    alarm = await job(f"forgotten:{here.room}")
    assert alarm is not None
    async with transaction() as session:
        await planning.close_forgotten(session, here.room, now=alarm.run_at)
    assert (await here.sitting()).row.status == "closed"
    async with reading() as session:
        assert await queries.released(session, here.room) == []
        (question,) = await queries.open_contributions(session, here.room)
    async with transaction() as session:
        await closing.release(
            session, here.room, by=here.case_giver, chosen=[question.id or 0], city=False, now=later(600)
        )
    async with reading() as session:
        assert texts(await queries.released(session, here.room)) == ["How do I get both to sign?"]


async def test_a_room_where_people_are_still_at_work_has_not_been_forgotten() -> None:
    here = await stage()
    await here.begin()
    alarm = await job(f"forgotten:{here.room}")
    assert alarm is not None
    late = alarm.run_at - timedelta(minutes=10)
    async with transaction() as session:
        await moves.advance_phase(session, here.room, by=here.moderator, leaving=0, now=late)
        await planning.close_forgotten(session, here.room, now=alarm.run_at)
    assert (await here.sitting()).row.status == "running"
    again = await job(f"forgotten:{here.room}:{(late + timedelta(hours=1)).isoformat()}")
    assert again is not None
    async with transaction() as session:
        for person in here.everybody:
            await moves.line_lost(session, here.room, person_id=person, now=alarm.run_at)
        await planning.close_forgotten(session, here.room, now=alarm.run_at)
    assert (await here.sitting()).row.status == "closed", "everybody has left"


async def test_a_slot_that_moved_is_not_closed_at_its_old_time() -> None:
    here = await stage()
    await here.open()
    async with transaction() as session:
        row = await queries.room_with_key(session, "slot:1")
        assert row is not None
        row.opens_at = later(600)
        session.add(row)
    async with transaction() as session:
        await planning.close_forgotten(session, here.room, now=later(300))
    assert (await here.sitting()).row.status == "lobby"


async def closed_with(here, chosen: str) -> None:
    """A consultation with two cards, of which those with `chosen` in them are released."""
    await here.begin()
    await here.go_to("consultation")
    await here.write(here.adviser, "contributions", "Public depot")
    await here.write(here.adviser, "contributions", "Secret quarrel")
    await here.say(here.moderator, "Between us: the mayor")
    await here.go_to("closing")
    async with transaction() as session:
        rows = await queries.open_contributions(session, here.room)
        picked = [row.id or 0 for row in rows if chosen and chosen in row.text]
        await closing.release(session, here.room, by=here.case_giver, chosen=picked, city=True, now=NOON)
        await closing.close_room(session, here.room, by=here.moderator, now=later(45))


async def test_only_what_was_released_leaves_the_room_by_protocol_search_and_letter() -> None:
    here = await stage()
    await closed_with(here, "Public")
    async with reading() as session:
        assert texts(await queries.released(session, here.room)) == ["Public depot"]
        found, _ = await search.find(session, "depot", person_id=here.outsider)
        assert [hit.url for hit in found] == [f"/rooms/{here.room}/protocol"]
        for word in ("quarrel", "mayor", "bakery"):
            assert await search.find(session, word, person_id=here.outsider) == ([], False)
        letters = (await session.exec(select(Letter))).all()
    assert len(letters) == 5
    for letter in letters:
        written = letter.subject + letter.text + letter.html
        assert "Two departments, one verge" in written
        assert not any(word in written for word in ("depot", "quarrel", "mayor", "bakery"))


async def test_nothing_to_release_is_a_decision_and_makes_no_protocol() -> None:
    here = await stage()
    await closed_with(here, "")
    async with reading() as session:
        row = (await session.exec(select(Consultation))).one()
        assert row.status == "closed"
        assert row.released_at is None
        assert (await session.exec(select(Letter))).all() == []


async def test_nobody_releases_for_the_case_giver_and_nothing_beyond_the_cards() -> None:
    here = await stage()
    await here.begin()
    await here.say(here.moderator, "Between us: the mayor")
    await here.go_to("closing")
    async with transaction() as session:
        (line,) = await queries.open_contributions(session, here.room)
        with pytest.raises(Refused, match="Whoever brought the case"):
            await closing.release(session, here.room, by=here.moderator, chosen=[], city=False, now=NOON)
        with pytest.raises(Forbidden):
            await closing.release(session, here.room, by=here.case_giver, chosen=[line.id or 0], city=False, now=NOON)


async def test_from_outside_a_room_has_a_title_and_no_case() -> None:
    here = await stage()
    await here.begin()
    async with reading() as session:
        (seen,) = await queries_outside.rooms_of_event(session, here.event, person_id=here.outsider)
        assert (seen.title, seen.theme, seen.mine, seen.city) == ("Two departments, one verge", "Rainwater", False, "")
        assert not hasattr(seen, "case_text")
        assert (await queries_outside.from_outside(session, here.room, person_id=here.outsider)).title == seen.title
        with pytest.raises(Missing):
            await queries_outside.from_outside(session, here.room, person_id=999)


async def test_the_case_giver_marks_what_helps_and_nobody_else_does() -> None:
    here = await stage()
    await here.begin()
    await here.write(here.adviser, "topics", "A drawer")
    async with transaction() as session:
        (row,) = await queries.open_contributions(session, here.room)
        with pytest.raises(Forbidden):
            await writing.value(session, here.room, by=here.adviser, contribution_id=row.id or 0, keeps=True, now=NOON)
        await writing.value(session, here.room, by=here.case_giver, contribution_id=row.id or 0, keeps=True, now=NOON)
        assert row.valued


async def test_parts_are_given_before_the_first_phase_and_while_casting() -> None:
    here = await stage()
    await here.open()
    scribe = await here.seat(here.scribe)
    async with transaction() as session:
        await casting.give_part(session, here.room, by=here.moderator, to=scribe, role="adviser", now=NOON)
    assert (await here.sitting()).people[scribe].role == "adviser"
    async with transaction() as session:
        with pytest.raises(Refused, match="Only whoever leads"):
            await casting.give_part(session, here.room, by=here.adviser, to=scribe, role="scribe", now=NOON)
        await casting.give_part(session, here.room, by=here.moderator, to=scribe, role="scribe", now=NOON)
        await moves.begin(session, here.room, by=here.moderator, now=NOON)
    await here.go_to("narration")
    async with transaction() as session:
        with pytest.raises(Refused, match="not in between"):
            await casting.give_part(session, here.room, by=here.moderator, to=scribe, role="adviser", now=NOON)


async def test_two_presses_at_the_same_moment_plan_one_room_and_keep_one_page_of_notes() -> None:
    here = await stage()
    await here.begin()

    async def plan() -> int:
        async with transaction() as session:
            return await planning.plan_room(
                session, event_id=here.event, key="slot:2", title="Twice", opens_at=later(60), now=NOON,
                seats=[Place(here.outsider, "case_giver")],
            )  # fmt: skip

    async def note() -> None:
        async with transaction() as session:
            await writing.save_notes(session, here.room, by=here.adviser, text="Twice", now=NOON)

    rooms: list[int] = []

    async def planned() -> None:
        rooms.append(await plan())

    async with anyio.create_task_group() as both:
        for act in (planned, planned, note, note):
            both.start_soon(act)
    assert len(set(rooms)) == 1


async def test_who_sat_in_a_consultation_before_is_not_here_for_the_first_time() -> None:
    before, now = await stage(), NOON
    await before.begin()
    await before.go_to("closing")
    async with transaction() as session:
        await closing.release(session, before.room, by=before.case_giver, chosen=[], city=False, now=now)
        await closing.close_room(session, before.room, by=before.moderator, now=now)
        seats = [
            Place(before.adviser, "adviser"),
            Place(before.outsider, "adviser"),
            Place(None, "adviser", name="Peer"),
        ]
        room = await planning.plan_room(
            session, event_id=before.event, key="slot:2", title="Another", seats=seats, opens_at=later(60), now=now
        )
    async with reading() as session:
        here = await queries.sitting(session, room)
    assert [seat.new for seat in here.room.cast.seats] == [False, True, False]
