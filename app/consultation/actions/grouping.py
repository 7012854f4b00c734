"""Cards are put under a common heading, and out of it again. A heading without cards is gone by itself."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.actions.keeping import keep
from app.consultation.engine.groups import check_groups, check_heading
from app.consultation.engine.touched import GROUPS
from app.consultation.engine.votes import is_vote
from app.consultation.models import Contribution
from app.consultation.queries import ASIDE, GROUP, Sitting, contribution_with_key, open_contributions, sitting
from app.core.errors import Invalid, Missing, Refused
from app.core.words import N_

NEW = "new"  # as the place of cards: a group of their own


async def put_into_group(
    session: AsyncSession, room_id: int, *, by: int, cards: Collection[int], group: str, heading: str, key: str,
    now: datetime,
) -> None:  # fmt: skip
    """`cards` stand under `group` (its number, `new`, or nothing: under none); a `heading` names it (anew).

    What stands there already stays; the same key again is the same group.
    """
    here = await sitting(session, room_id, lock=True)
    me = here.my_seat(by)
    check_groups(here.room, me)
    known = await contribution_with_key(session, key)
    if known is not None:
        if known.seat_id != me or known.deck != GROUP:
            raise Refused(N_("This was sent by somebody else. Reload the page and write it again."))
        return
    rows = {row.id: row for row in await open_contributions(session, room_id) if row.id is not None}
    chosen = [row for number, row in rows.items() if number in cards and _is_groupable(here, row)]
    if len(chosen) != len(set(cards)):
        raise Missing
    into = await _group(session, here, rows, me, group=group, heading=heading, key=key, chosen=chosen, now=now)
    place = None if into is None else into.id
    changed = [row for row in chosen if row.group_id != place]
    for row in changed:
        row.group_id, row.version = place, here.row.version + 1
        session.add(row)
    if into is not None and heading.strip() and into.text != heading.strip():
        into.text = check_heading(heading, already=0)
        into.version = here.row.version + 1
        changed.append(into)
    emptied = _without_cards(here, rows.values(), keeps=into)
    if changed or emptied:
        session.add_all([*changed, *emptied])
        await keep(session, here, here.room, now=now, parts=[GROUPS])


async def tidy(session: AsyncSession, here: Sitting) -> set[str]:
    """A card was taken back: if it was the last one of its group, the heading goes. The parts that changed."""
    emptied = _without_cards(here, await open_contributions(session, here.id))
    session.add_all(emptied)
    return {GROUPS} if emptied else set()


async def _group(
    session: AsyncSession, here: Sitting, rows: dict[int, Contribution], me: int, *, group: str, heading: str, key: str,
    chosen: list[Contribution], now: datetime,
) -> Contribution | None:  # fmt: skip
    """The group that is meant: none, a known one, or a new one."""
    if not chosen and (group in ("", NEW) or not heading.strip()):
        raise Invalid({"cards": N_("Choose the cards first.")})
    if group == "":
        return None
    if group != NEW:
        found = rows.get(int(group)) if group.isdigit() else None
        if found is None or found.deck != GROUP:
            raise Missing
        return found
    text = check_heading(heading, already=sum(row.deck == GROUP for row in rows.values()))
    step = here.room.step
    row = Contribution(
        consultation_id=here.id, seat_id=me, key=key, deck=GROUP, step=here.room.place, round=step.round if step else 0,
        phase=step.phase if step else "", text=text, version=here.row.version + 1, open=True, written_at=now,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    return row


def _is_groupable(here: Sitting, row: Contribution) -> bool:
    return row.deck not in ASIDE and not is_vote(here.room.method.output(row.deck))


def _without_cards(
    here: Sitting, rows: Collection[Contribution], *, keeps: Contribution | None = None
) -> list[Contribution]:
    """Headings under which nothing stands any more; they are gone with the next version."""
    used = {row.group_id for row in rows if not row.gone}
    emptied = [row for row in rows if row.deck == GROUP and not row.gone and row.id not in used and row is not keeps]
    for row in emptied:
        row.gone, row.version = True, here.row.version + 1
    return emptied
