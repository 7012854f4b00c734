"""What is a person's own here: where they take part, and what they have done."""

from app.core.own import Own
from app.events.models import BlockSeat, Feedback, Invitation, Participation, TaskDone

owns = [
    Own("takes part", Participation, "person_id", ("event_id", "roles", "region", "joined_at", "visited_at")),
    Own("invitations", Invitation, "person_id", ("event_id", "roles", "region", "state", "invited_at", "times_sent")),
    Own("sittings", BlockSeat, "person_id", ("block_id", "by_hand")),
    Own("tasks done", TaskDone, "person_id", ("task_id", "done_at")),
    Own("feedback", Feedback, "person_id", ("about", "text", "email", "at")),
]
