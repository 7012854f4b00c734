"""What is a person's own here: who they are, and where they are signed in."""

from app.core.audience import AudienceMember
from app.core.files import StoredFile
from app.core.mail import Letter
from app.core.own import Own
from app.people.models import MailLink, Person, SignIn

owns = [
    Own(
        "person", Person, "id",
        ("id", "name", "email", "returned_at", "returned_why", "lang", "zone", "zone_confirmed", "job", "city", "country",
         "languages", "topics", "about", "theme", "admin"),
    ),
    Own("signed in", SignIn, "person_id", ("device", "started_at", "seen_at", "expires_at")),
    Own("links sent", MailLink, "person_id", ("purpose", "expires_at", "used_at")),
    Own("letters", Letter, "person_id", ("kind", "event_id", "address", "lang", "subject", "state", "written_at", "sent_at")),
    Own("files", StoredFile, "person_id", ("name", "type", "size", "alt", "kept_at")),
    Own("lists of readers", AudienceMember, "person_id", ("audience_id", "writes")),
]  # fmt: skip
