"""Pages, unread lines, marks, mentions: the arithmetic of the forum."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Forbidden, Refused
from app.core.wordings import check_seen
from app.forum import rules
from app.forum.rules import PostKind, Standing, ThreadKind

NOON = datetime(2026, 6, 12, 12, 0, tzinfo=UTC)
READER = Standing(1, reads=True)
WRITER = Standing(1, reads=True, writes=True)
MODERATOR = Standing(1, reads=True, writes=True, moderates=True)


@pytest.mark.parametrize(("position", "page"), [(0, 1), (1, 1), (20, 1), (21, 2), (40, 2), (41, 3)])
def test_twenty_posts_are_a_page(position: int, page: int) -> None:
    assert rules.page_of(position) == page


@given(position=st.integers(1, 10**6))
def test_a_post_stands_on_the_page_that_shows_its_position(position: int) -> None:
    page = rules.page_of(position)
    assert (page - 1) * rules.PAGE < position <= page * rules.PAGE


@pytest.mark.parametrize(
    ("read", "last", "first"), [(0, 0, None), (0, 1, 1), (19, 20, 20), (20, 20, None), (20, 21, 21)]
)
def test_the_first_unread_post_is_the_one_after_the_mark(read: int, last: int, first: int | None) -> None:
    assert rules.first_unread(read, last) == first


def test_a_mark_moves_at_most_twice_a_minute_on_one_page() -> None:
    soon, late = NOON + timedelta(seconds=29), NOON + timedelta(seconds=30)
    assert not rules.is_mark_due(marked=5, marked_at=NOON, position=6, now=soon)
    assert rules.is_mark_due(marked=5, marked_at=NOON, position=6, now=late)
    assert rules.is_mark_due(marked=5, marked_at=NOON, position=6, now=soon, told=True)


def test_a_page_turned_moves_the_mark_at_once() -> None:
    assert rules.is_mark_due(marked=20, marked_at=NOON, position=40, now=NOON)


def test_a_mark_never_goes_back_and_the_first_one_is_written_even_for_an_empty_thread() -> None:
    assert not rules.is_mark_due(marked=40, marked_at=NOON, position=20, now=NOON + timedelta(hours=1))
    assert rules.is_mark_due(marked=0, marked_at=None, position=0, now=NOON)


def test_whoever_only_reads_is_told_so() -> None:
    for refused in (
        lambda: rules.check_start(ThreadKind.QUESTION, READER),
        lambda: rules.check_reply(PostKind.REPLY, READER, locked=False),
        lambda: rules.check_look_after(1, READER),
    ):
        with pytest.raises(Forbidden, match="not write"):
            refused()


def test_announcements_tasks_and_summaries_come_from_moderators() -> None:
    for kind in ThreadKind:
        rules.check_start(kind, MODERATOR)
    with pytest.raises(Forbidden, match="moderators"):
        rules.check_start(ThreadKind.ANNOUNCEMENT, WRITER)
    with pytest.raises(Forbidden, match="moderators"):
        rules.check_reply(PostKind.WEAVING, WRITER, locked=False)


def test_a_closed_thread_takes_no_posts_but_the_moderators() -> None:
    with pytest.raises(Refused, match="closed"):
        rules.check_reply(PostKind.REPLY, WRITER, locked=True)
    rules.check_reply(PostKind.REPLY, MODERATOR, locked=True)


def test_only_the_author_changes_a_post_and_only_as_last_seen() -> None:
    rules.check_edit(1, WRITER)
    with pytest.raises(Forbidden, match="who wrote this"):
        rules.check_edit(2, MODERATOR)
    check_seen(4, 4)
    with pytest.raises(Refused, match="changed meanwhile"):
        check_seen(3, 4)


def test_what_was_taken_away_comes_back_for_a_day() -> None:
    rules.check_undo(NOON, 1, WRITER, now=NOON + timedelta(hours=24))
    with pytest.raises(Refused, match="more than a day"):
        rules.check_undo(NOON, 1, WRITER, now=NOON + timedelta(hours=24, seconds=1))
    with pytest.raises(Forbidden):
        rules.check_undo(NOON, 2, WRITER, now=NOON)


def test_somebody_is_mentioned_by_the_full_name_after_an_at_sign() -> None:
    names = {1: "Ana Lima", 2: "Ana Lima Torres", 3: "Carlos Zeledón", 4: "Øyvind Å"}
    assert rules.mentioned("Thank you @Ana Lima, and @carlos zeledón!", names) == {1, 3}
    assert rules.mentioned("@Ana Lima Torres knows", names) == {2}
    assert rules.mentioned("mail me: ana@lima.example, Carlos Zeledón", names) == set()
