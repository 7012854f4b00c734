"""Office hours: who gives them opens them, participants book their slots themselves."""

from starlette.responses import Response

from app.core.db import reading, transaction
from app.core.pages import Visit, get, post
from app.core.times import local
from app.core.words import N_
from app.events.doors import advising, member
from app.events.rules import ADVISING
from app.timetable import actions_clinics, queries
from app.timetable import queries_clinics as reads
from app.timetable.forms import ClinicForm, SlotForm
from app.timetable.problem import slot_id


async def clinics(visit: Visit) -> Response:
    async with reading() as session:
        found = await reads.shown(session, visit.here.event_id, visit.me.id, now=visit.now)
        event = await queries.event_by_id(session, visit.here.event_id)
        given = [each for each in found if each.clinic.host_id == visit.me.id]
        guests = {slot.booking.person_id for each in given for slot in each.slots if slot.booking}
        names = await queries.names(session, guests)
    return visit.page(
        "timetable/clinics.html", clinics=found, names=names, event=event, slot_id=slot_id,
        day=min(max(event.starts_on, local(visit.now, visit.zone).date()), event.ends_on), may_open=visit.here.is_one_of(ADVISING),
    )  # fmt: skip


async def open_clinic(visit: Visit) -> Response:
    form = await visit.form(ClinicForm)
    async with transaction() as session:
        await actions_clinics.open_clinic(
            session, event_id=visit.here.event_id, host_id=visit.me.id, title=form.title, place=form.place,
            zone=visit.zone, day=form.day, begins=form.begins, ends=form.ends, minutes=form.minutes, most=form.most,
            key=form.key, now=visit.now,
        )  # fmt: skip
    return visit.go(_page(visit), said=N_("Your office hours are open."))


async def close_clinic(visit: Visit) -> Response:
    async with transaction() as session:
        await actions_clinics.close_clinic(
            session, event_id=visit.here.event_id, clinic_id=visit.params["clinic"], by=visit.me.id, now=visit.now
        )
    return visit.go(_page(visit), said=N_("Called off. Everybody concerned gets a letter."))


async def book(visit: Visit) -> Response:
    form = await visit.form(SlotForm)
    async with transaction() as session:
        booking = await actions_clinics.book(
            session, event_id=visit.here.event_id, clinic_id=visit.params["clinic"], person_id=visit.me.id,
            slot=form.slot, key=form.key, now=visit.now,
        )  # fmt: skip
    booked = N_("Booked. A letter for your calendar is on its way.")
    waits = N_("You are on the waiting list. If a slot is freed, you get it and a letter.")
    return visit.go(_page(visit), said=booked if booking.starts_at else waits)


async def give_back(visit: Visit) -> Response:
    async with transaction() as session:
        await actions_clinics.give_back(
            session, event_id=visit.here.event_id, booking_id=visit.params["booking"], person_id=visit.me.id,
            now=visit.now,
        )  # fmt: skip
    return visit.go(_page(visit), said=N_("Given back. Others can have it now."))


def _page(visit: Visit) -> str:
    return f"/events/{visit.here.slug}/timetable/clinics"


_CLINICS = "/events/{event}/timetable/clinics"
routes = [
    get(_CLINICS, clinics, who=member),
    post(_CLINICS, open_clinic, who=advising, shows=clinics),
    post(f"{_CLINICS}/{{clinic:int}}/end", close_clinic, who=advising, shows=clinics),
    post(f"{_CLINICS}/{{clinic:int}}/bookings", book, who=member, shows=clinics),
    post("/events/{event}/timetable/bookings/{booking:int}/end", give_back, who=member, shows=clinics),
]
