"""What the demonstration offers: its doors on the front page, the script of its practice room."""

from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.practice import scripts
from app.core.gather import Asking, Part
from app.demo import material, queries


async def front(session: AsyncSession, _: Asking) -> Sequence[Part]:
    guises = await queries.guises(session)
    return (
        [Part("demo/_doors.html", {"guises": [g for g in guises if g.door in queries.DOORS]}, order=10)]
        if guises
        else []
    )


def practice_script() -> scripts.Script:
    """The invented people play, under the names they have in the event."""
    names = {person.key: (person.name, person.city) for person in material.people().people}
    return scripts.read_script("rain", material.read("practice_room"), names=names)


scripts.offer("rain", practice_script)
sources = [("front", front)]
