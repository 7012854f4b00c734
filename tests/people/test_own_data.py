"""Everything we hold about one person, as a file for that person: complete, and without a word of anybody else."""

import json

from app.consultation.actions import writing
from app.core import own
from app.core.db import Row, transaction
from app.forum.actions import posts, thanks
from app.main import slice_routes
from app.schema import tables
from tests.consultation.rooms import NOON
from tests.consultation.stage import stage
from tests.forum.forum import a_forum
from tests.support.site import Site

OF_OTHERS = {
    "announcement.by_id": "an announcement belongs to the event",
    "announcement.released_by": "an announcement belongs to the event",
    "consultation.helper_id": "who was called for technical help is in the log of the installation",
    "consultation.thread_by_id": "a choice of the case giver; the thread itself is theirs",
    "event_archive.asked_by": "an archive belongs to the event",
    "event_term.by_id": "the glossary belongs to the event",
    "event_group.facilitator_id": "a duty in the event, like the roles",
    "event_method.by_id": "a method belongs to the event",
    "forum_concern.settled_by": "the matter of whoever reported",
    "forum_post.deleted_by": "about somebody's post",
    "forum_post.hidden_by": "about somebody's post",
    "forum_thread.last_by_id": "follows from the posts",
    "invitation.invited_by": "about whoever was invited",
    "join_link.made_by": "a link that opens the event",
    "mail_in.settled_by": "somebody else's mail",
    "newsletter.by_id": "a newsletter belongs to the installation",
    "notice.by_id": "about whoever is told",
    "pulse.by_id": "a survey belongs to the event",
    "room_message.by_id": "a message of the team",
    "segment.contact_id": "a duty in the event, with an address of its own",
    "timetable_apart.made_by": "about the two who are kept apart",
    "timetable_edit.by_id": "a plan belongs to the event",
    "timetable_plan.published_by": "a plan belongs to the event",
    "timetable_proposal.asked_by": "a plan belongs to the event",
    "timetable_window.opened_by": "a plan belongs to the event",
    "timetable_case.prefers_id": "a wish of the case giver",
}


def test_every_column_that_names_a_person_is_in_the_file_or_says_why_not(site: Site) -> None:
    named = {
        f"{table.name}.{column.name}"
        for table in tables().sorted_tables
        for column in table.columns
        if any(key.column.table.name in {"person", "consultation_seat"} for key in column.foreign_keys)
    }
    shown = {f"{each.table.__tablename__}.{each.by}" for each in own.known()}
    assert len(named) > 30
    assert named - shown - OF_OTHERS.keys() == set(), "say in the slice's own.py what of it is the person's own"
    assert OF_OTHERS.keys() - named == set(), "these are gone"
    titles = [each.title for each in own.known()]
    assert len(set(titles)) == len(titles)


def test_nothing_that_opens_a_door_or_was_said_by_others_is_shown() -> None:
    barred = {
        "password_hash",
        "token_hash",
        "word",
        "key",
        "place",
        "words",
        "html",
        "state_json",
        "by_id",
        "case_text",
    }
    for each in own.known():
        assert not barred & set(each.shows), each.title
        assert issubclass(each.table, Row)


async def test_my_words_are_there_and_nobody_elses(site: Site) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.tamta, context="Tamtas context")
    mine = await forum.reply(thread, "Carlos writes @Tamta Gelovani")
    theirs = await forum.reply(
        thread, "Martas answer @Carlos Zeledón", by=forum.marta, quote_of=mine.id, quote="Carlos writes"
    )
    async with transaction() as session:
        await posts.edit_post(
            session, mine.id or 0, editor_id=forum.carlos, text="Carlos writes better", lang="en", now=forum.later()
        )
        await thanks.thank(session, theirs.id or 0, person_id=forum.carlos, reason="Carlos is glad", now=forum.later())
        await thanks.thank(session, mine.id or 0, person_id=forum.tamta, reason="Tamta is glad", now=forum.later())
    answer = await (await site.as_person(forum.carlos)).get("/me/data.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    held = json.loads(answer.text)
    assert held["person"][0]["email"] == "carlos@example.org"
    assert [post["text"] for post in held["posts"]] == ["Carlos writes better"]
    assert [each["text"] for each in held["earlier words of posts"]] == ["Carlos writes @Tamta Gelovani"]
    assert [each["reason"] for each in held["thanks given"]] == ["Carlos is glad"]
    assert {each["kind"] for each in held["told of"]} == {"mention", "thanks"}
    for foreign in ("Martas answer", "Tamtas context", "Tamta is glad", "marta@example.org", "argon2"):
        assert foreign not in answer.text
    assert (await site.stranger().get("/me/data.json")).status_code == 303
    doors = [str(route.path) for route in slice_routes() if "data.json" in getattr(route, "path", "")]
    assert doors == ["/me/data.json"], "an address with a number in it would be a door to others"


async def test_of_a_consultation_only_my_own_items_are_there(site: Site) -> None:
    here = await stage(case_text="The bakery owes us")
    await here.begin()
    await here.go_to("consultation")
    async with transaction() as session:
        for person, words in ((here.adviser, "zmine"), (here.deputy, "ztheirs")):
            await writing.write(
                session, here.room, by=person, deck="contributions", text=f"{words} card", key=words, now=NOON
            )
            await writing.save_notes(session, here.room, by=person, text=f"{words} note", now=NOON)
    answer = await (await site.as_person(here.adviser)).get("/me/data.json")
    held = json.loads(answer.text)
    assert [card["text"] for card in held["cards"]] == ["zmine card"]
    assert [note["text"] for note in held["private notes"]] == ["zmine note"]
    assert "ztheirs" not in answer.text and "bakery" not in answer.text
    assert len((await (await site.as_person(here.outsider)).get("/me/data.json")).json()["cards"]) == 0
