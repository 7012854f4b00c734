"""The people of an event: who they are, where, what they know; never an address."""

from starlette.responses import Response

from app.core import times
from app.core.db import reading
from app.core.errors import Missing
from app.core.pages import Visit, get
from app.core.text import folded
from app.events import queries_members, views
from app.events.doors import member
from app.events.queries_members import Member
from app.events.rules import Role
from app.people.rules import TOPICS


async def people(visit: Visit) -> Response:
    words, role, topic = (visit.query.get(name, "") for name in ("q", "role", "topic"))
    async with reading() as session:
        everybody = await queries_members.members(session, visit.here.event_id)
    found = [each for each in everybody if _fits(each, words, role, topic)]
    used = [each for each in Role if any(each in other.roles for other in everybody)]
    return visit.page(
        "events/people.html", people=found, everybody=len(everybody), q=words, role=role, topic=topic, used=used,
        topics=TOPICS, **views.words(visit.lang),
    )  # fmt: skip


async def person(visit: Visit) -> Response:
    async with reading() as session:
        found = await queries_members.members(session, visit.here.event_id, person_id=visit.params["id"])
    if not found:
        raise Missing
    return visit.page(
        "events/person.html",
        person=found[0],
        topics=TOPICS,
        local_hour=times.hour(visit.now, found[0].zone),
        **views.words(visit.lang),
    )


def _fits(person: Member, words: str, role: str, topic: str) -> bool:
    said = folded(" ".join((person.name, person.city, person.country, person.organisation, person.job)))
    asked = all(word in said for word in folded(words).split())
    return asked and (not role or role in person.roles) and (not topic or topic in person.topics)


routes = [
    get("/events/{event}/people", people, who=member),
    get("/events/{event}/people/{id:int}", person, who=member),
]
