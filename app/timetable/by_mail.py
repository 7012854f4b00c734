"""Answers of calendars (METHOD:REPLY) to the invitations in letters: they come or they cannot, as on the page."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import mail
from app.core.answers import Answer, Answering, Place
from app.core.errors import Missing, Refused
from app.core.words import N_
from app.timetable import actions_clinics, answers, letters_clinics, queries, queries_clinics
from app.timetable.letters import ANSWERED
from app.timetable.problem import slot_id
from app.timetable.replies import BOOKING, Reply, answer_from_reply
from app.timetable.rules import Answer as Said


async def place(session: AsyncSession, case_id: int) -> Place | None:
    case = (await queries.cases_by_id(session, [case_id])).get(case_id)
    if case is None:
        return None
    event = await queries.event_by_id(session, case.event_id)
    return Place(
        event_id=case.event_id, audience_id=event.audience_id, title=case.title,
        url=f"/events/{event.slug}/timetable/mine#session-{case_id}",
    )  # fmt: skip


async def post(session: AsyncSession, answer: Answer, now: datetime) -> str:
    reply = answer_from_reply(answer.calendar)
    if reply is None:
        raise Refused(N_("It says neither yes nor no. Words alone do not reach those who plan."))
    case = (await queries.cases_by_id(session, [answer.ref])).get(answer.ref)
    person = (await queries.readers(session, [answer.person_id])).get(answer.person_id)
    if case is None or person is None:
        raise Missing
    if (reply.case_id, reply.domain, reply.address) != (answer.ref, mail.house().domain, person.email.casefold()):
        raise Refused(N_("It answers for somebody else, or another invitation."))
    mine = {
        each.placement.case_id: each for each in await queries.my_sessions(session, case.event_id, answer.person_id)
    }
    if case.withdrawn_at is not None or answer.ref not in mine:
        raise Refused(N_("You do not take part in this session any more."))
    placed, told = mine[answer.ref].placement, await answers.my_answers(session, case.event_id, answer.person_id)
    if answer.ref not in told or not _is_about(reply, placed.starts_at, number=told[answer.ref].number):
        raise Refused(N_("This session has another time now. Look at it again, then answer."))
    await answers.answer(
        session, event_id=case.event_id, case_id=answer.ref, person_id=answer.person_id,
        slot=slot_id(placed.starts_at), says=reply.says, note=reply.note[:300], now=now,
    )  # fmt: skip
    return (await place(session, answer.ref) or Place(0, 0, "", "")).url


def _is_about(reply: Reply, starts_at: datetime, *, number: int) -> bool:
    """A reply says for which time it was; a proposal of another time names that one instead."""
    return reply.starts_at == starts_at if reply.starts_at else reply.sequence >= number


async def talk(session: AsyncSession, booking_id: int) -> Place | None:
    found = await queries_clinics.booking_with_clinic(session, booking_id)
    if found is None:
        return None
    booking, clinic = found
    event = await queries.event_by_id(session, clinic.event_id)
    return Place(
        event_id=event.id or 0, audience_id=event.audience_id, title=clinic.title,
        url=f"/events/{event.slug}/timetable/clinics#clinic-{booking.clinic_id}",
    )  # fmt: skip


async def answer_talk(session: AsyncSession, answer: Answer, now: datetime) -> str:
    """Whoever declines a booked slot gives it back; a yes is what the booking says already."""
    reply = answer_from_reply(answer.calendar, BOOKING)
    if reply is None or reply.says == Said.OTHER:
        raise Refused(N_("It says neither yes nor no. Words alone do not reach those who plan."))
    found = await queries_clinics.booking_with_clinic(session, answer.ref)
    person = (await queries.readers(session, [answer.person_id])).get(answer.person_id)
    where = await talk(session, answer.ref)
    if found is None or person is None or where is None or found[0].person_id != answer.person_id:
        raise Missing
    if (reply.case_id, reply.domain, reply.address) != (answer.ref, mail.house().domain, person.email.casefold()):
        raise Refused(N_("It answers for somebody else, or another invitation."))
    if reply.says == Said.NO:
        await actions_clinics.give_back(
            session, event_id=where.event_id, booking_id=answer.ref, person_id=answer.person_id, now=now
        )
    return where.url


answerings = [
    (ANSWERED, "c", Answering(place, post, calendar=True)),
    (letters_clinics.ANSWERED, "b", Answering(talk, answer_talk, calendar=True)),
]
