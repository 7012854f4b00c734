"""What is a person's own here: their seats, what they wrote there themselves, and their private notes."""

from app.consultation.models import ConsultationNote, ConsultationSeat, Contribution
from app.core.own import Own

_SEAT = (ConsultationSeat, "person_id")
owns = [
    Own(
        "seats", ConsultationSeat, "person_id",
        ("id", "consultation_id", "name", "city", "role", "promised_at", "agreed_at", "read_step", "removed_at", "blocked"),
    ),
    Own(
        "cards", Contribution, "seat_id",
        ("consultation_id", "deck", "phase", "kind", "text", "due", "open", "gone", "released", "written_at"), _SEAT,
    ),
    Own("private notes", ConsultationNote, "seat_id", ("seat_id", "text", "saved_at"), _SEAT),
]  # fmt: skip
