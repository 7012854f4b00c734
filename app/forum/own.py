"""What is a person's own here: what they wrote, read, follow and thanked for; not what others wrote to or about it."""

from app.core.own import Own
from app.forum.models import (
    Attachment,
    Concern,
    Follow,
    Note,
    Post,
    PostEdit,
    ReadMark,
    SpaceHearing,
    Thanks,
    Thread,
    ThreadEdit,
    Translation,
)

owns = [
    Own("threads", Thread, "author_id", ("id", "event_id", "kind", "title", "context", "facts", "lang", "started_at", "edited_at")),
    Own(
        "posts", Post, "author_id",
        ("id", "thread_id", "position", "kind", "title", "text", "lang", "via", "created_at", "edited_at", "deleted_at",
         "hidden_at", "hidden_why"),
    ),
    Own("earlier words of posts", PostEdit, "editor_id", ("post_id", "title", "text", "lang", "edited_at")),
    Own("changes above threads", ThreadEdit, "editor_id", ("thread_id", "edited_at")),
    Own("translations", Translation, "by_id", ("post_id", "lang", "text", "at")),
    Own("pictures and files", Attachment, "person_id", ("post_id", "thread_id", "alt", "width", "height", "added_at")),
    Own("thanks given", Thanks, "person_id", ("post_id", "reason", "at")),
    Own("concerns", Concern, "person_id", ("event_id", "kind", "post_id", "text", "lang", "at", "outcome", "answer")),
    Own("notes received", Note, "person_id", ("event_id", "text", "sent_at")),
    Own("notes written", Note, "by_id", ("event_id", "reason", "text", "sent_at")),
    Own("has read", ReadMark, "person_id", ("thread_id", "position", "at")),
    Own("follows", Follow, "person_id", ("thread_id", "level", "at")),
    Own("wants to hear of spaces", SpaceHearing, "person_id", ("space_id", "level")),
]  # fmt: skip
