"""What is a person's own here: their hours, their cases, when they were asked to be where; that they are kept apart from
somebody, but not from whom: that would tell the one about the other."""

from app.core.own import Own
from app.timetable.models import Booking, CalendarFeed, Case, Clinic, Placement, Sheet, Swap, Told
from app.timetable.models_groups import Apart

owns = [
    Own("hours", Sheet, "person_id", ("event_id", "zone", "marks", "methods", "gender", "saved_at")),
    Own(
        "cases", Case, "giver_id",
        ("event_id", "title", "theme", "lang", "city", "city_shown", "text", "method", "offered_at", "withdrawn_at"),
    ),
    Own("cases in the plan", Placement, "giver_id", ("case_id", "starts_at", "minutes")),
    Own("leads in the plan", Placement, "moderator_id", ("case_id", "starts_at", "minutes")),
    Own("appointments", Told, "person_id", ("event_id", "case_id", "starts_at", "minutes", "zone", "gone", "answer", "note", "answered_at")),
    Own("calendar", CalendarFeed, "person_id", ("event_id", "open", "changed_at")),
    Own("office hours", Clinic, "host_id", ("event_id", "title", "starts_at", "minutes", "slots", "most", "opened_at", "closed_at")),
    Own("requests to exchange seats", Swap, "asked_by", ("event_id", "case_id", "starts_at", "leads", "state", "asked_at", "ended_at")),
    Own(
        "requests to exchange my seat", Swap, "other_id",
        ("event_id", "other_case_id", "other_starts_at", "leads", "state", "asked_at", "ended_at"),
    ),
    Own("kept apart from somebody", Apart, "one_id", ("event_id", "made_by", "made_at")),
    Own("kept apart from somebody, said the other way round", Apart, "other_id", ("event_id", "made_by", "made_at")),
    Own("booked slots", Booking, "person_id", ("clinic_id", "starts_at", "asked_at", "ended_at")),
]  # fmt: skip
