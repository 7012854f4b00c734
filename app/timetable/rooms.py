"""The rooms of a published plan: made, moved and called off by the consultations' own actions."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.actions.planning import Place, call_off, plan_room
from app.consultation.engine.method import Method
from app.consultation.queries_methods import method_to_plan
from app.consultation.queries_repair import CASE
from app.timetable import queries
from app.timetable.changes import Sitting


async def keep_rooms(
    session: AsyncSession, *, before: Iterable[Sitting], after: Iterable[Sitting], now: datetime
) -> None:
    """Every session of the new plan has its room, with its people; the room of one that is gone does not open."""
    old, new = {each.case: each for each in before}, {each.case: each for each in after}
    cases = await queries.cases_by_id(session, old.keys() | new.keys())
    for case_id in old.keys() - new.keys():
        text = await call_off(session, key=room_key(case_id))
        if text and (case := cases.get(case_id)):
            case.text = text  # it waits with the case for another time
            session.add(case)
    for case_id in sorted(new.keys() - {each for each in new if old.get(each) == new[each]}):
        case = cases[case_id]
        method = await method_to_plan(session, case.event_id, case.method)
        assert method is not None, "methods of an event are retired, never deleted"
        case.room_id = await plan_room(
            session, event_id=case.event_id, key=room_key(case_id), title=case.title, theme=case.theme,
            lang=case.lang, city=case.city if case.city_shown else "", method=case.method,
            seats=cast(method, new[case_id]), opens_at=new[case_id].start, case_text=case.text, now=now,
        )  # fmt: skip
        case.text = ""
        session.add(case)


def room_key(case_id: int) -> str:
    return f"{CASE}{case_id}"


def cast(method: Method, sitting: Sitting) -> list[Place]:
    """The parts as the plan suggests them; the group confirms them in the room.

    Whoever brings the case and whoever leads are decided; the advisers take what the method still asks for, the
    first of them as deputy of the lead, and the rest the part that has no limit.
    """
    case = next((role.key for role in method.roles if role.case), "")
    lead = method.owner.key if method.owner else ""
    others = [role for role in method.roles if role.key not in {case, lead}]
    wanted = [role.key for role in others for _ in range(role.least) if role.most is not None]
    rest = next((role.key for role in others if role.most is None), others[-1].key if others else case)
    people = list(sitting.advisers) if lead else [sitting.moderator, *sitting.advisers]
    parts = [*wanted, *[rest] * len(people)]
    seats = [Place(sitting.giver, case or rest)]
    if lead:
        seats.append(Place(sitting.moderator, lead))
    return seats + [
        Place(person, part, deputy=number == 0)
        for number, (person, part) in enumerate(zip(people, parts, strict=False))
    ]
