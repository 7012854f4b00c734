"""What is a person's own here: what they are told of, how they want to hear, what they sent by mail."""

from app.core.own import Own
from app.notices.models import Feed, Hearing, MailIn, Notice

owns = [
    Own("told of", Notice, "person_id", ("event_id", "kind", "url", "at", "read_at")),
    Own("wants to hear", Hearing, "person_id", ("event_id", "level", "notes", "digest_at")),
    Own("feed", Feed, "person_id", ("open", "changed_at")),
    Own("mails to us", MailIn, "person_id", ("sender", "text", "state", "reason", "why", "at", "settled_at")),
]
