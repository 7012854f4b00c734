"""The consultation that is finished: planned, held phase by phase and released, through the same doors as any other."""

from datetime import datetime, timedelta

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.actions import asking, closing, grouping, linking, moves, parking, picking, writing
from app.consultation.actions.planning import Place, open_lobby, plan_room
from app.consultation.engine.contributing import LINE, has_contributed
from app.consultation.engine.library import methods
from app.consultation.engine.room import Room
from app.consultation.engine.state import Status
from app.consultation.models import Contribution
from app.consultation.queries import contribution_with_key, room_with_key, sitting
from app.demo import material
from app.demo.entries import Challenge
from app.demo.loading.people import World
from app.demo.rooms import Consultation, Held, Written
from app.timetable.rooms import room_key


async def hold_sessions(session: AsyncSession, world: World) -> None:
    """What is over by now is held in the rooms that the timetable made."""
    for told in material.consultations().finished:
        begins = world.when.instant(told.begins.day, told.begins.at, world.event.zone)
        room_id = await _settle(session, world, told, begins=begins)
        await _ask_before(session, world, told, room_id)
        await open_lobby(session, room_id, now=begins - timedelta(minutes=10))
        await Session(session, world, told, room_id, begins).hold()


async def prepare_rooms(session: AsyncSession, world: World) -> None:
    """What lies ahead: the sheets of those who bring a case, the parts as the groups settled them."""
    for told in material.consultations().planned:
        room_id = await _settle(session, world, told, begins=world.soon)
        await _ask_before(session, world, told, room_id)
    for challenge in material.challenges():
        await _lay_sheet(session, world, challenge)


async def _ask_before(session: AsyncSession, world: World, told: Consultation, room_id: int) -> None:
    """What peers asked of the case giver before the room opened."""
    now = world.when.instant(told.begins.day - 1, "18:00", world.event.zone)
    giver = next(role.key for role in methods()[told.method].roles if role.case)
    for number, each in enumerate(told.asked):
        by, answers = world.people[each.by], world.people[told.cast[giver][0]]
        key = world.key("asked", f"{told.key}-{number}")
        await asking.promise(session, room_id, by=by, now=now)
        await asking.ask_before(session, room_id, by=by, text=each.text, key=key, now=now)
        if each.answer:
            asked = await contribution_with_key(session, key)
            assert asked is not None and asked.id is not None
            await asking.promise(session, room_id, by=answers, now=now)
            await asking.answer_before(
                session, room_id, by=answers, contribution_id=asked.id, answer=each.answer, now=now
            )


async def _lay_sheet(session: AsyncSession, world: World, challenge: Challenge) -> None:
    """Whoever brings the case has put the sheet into the room, where its people read it."""
    room = await room_with_key(session, room_key(world.cases[challenge.key]))
    if room is not None:
        sheet = (challenge.situation, challenge.affected, challenge.tried, challenge.obstacle, challenge.own_role)
        room.case_text = "\n\n".join(sheet)
        session.add(room)


async def _settle(session: AsyncSession, world: World, told: Consultation, *, begins: datetime) -> int:
    challenge = next(each for each in material.challenges() if each.key == told.challenge)
    giver = next(person for person in material.people().people if person.key == challenge.author)
    parts = [role.key for role in methods()[told.method].roles]
    seats = [
        Place(world.people[key], part, deputy=key in told.deputies) for part in parts for key in told.cast.get(part, [])
    ]
    return await plan_room(
        session, event_id=world.event_id, key=room_key(world.cases[told.challenge]), title=told.working_title,
        seats=seats, opens_at=begins, now=world.when.instant(4, "18:00", world.event.zone), method=told.method,
        theme=challenge.theme, lang=told.language, city=giver.city if told.city else "",
    )  # fmt: skip


class Session:
    """A consultation being held; `clock` is its time, which only goes forward."""

    def __init__(self, session: AsyncSession, world: World, told: Consultation, room_id: int, begins: datetime) -> None:
        self.session, self.world, self.told, self.room_id = session, world, told, room_id
        self.clock = begins - timedelta(minutes=5)
        self.cards: dict[str, str] = {}
        self.lead = world.people[next(iter(told.cast[_owner(told.method)]))]
        self.count = 0

    async def hold(self) -> None:
        for part in self.told.cast.values():
            for key in part:
                await moves.agree(self.session, self.room_id, by=self.world.people[key], now=self._tick())
        self.clock += timedelta(minutes=4)
        await moves.begin(self.session, self.room_id, by=self.lead, now=self._tick())
        for number, held in enumerate(self.told.steps):
            await self._phase(held, ends=self.clock + timedelta(minutes=held.minutes))
            if number + 1 < len(self.told.steps):
                await moves.advance_phase(self.session, self.room_id, by=self.lead, leaving=number, now=self.clock)
        await self._release()
        if (await self._room()).state.status is not Status.CLOSED:
            await closing.close_room(self.session, self.room_id, by=self.lead, now=self._tick())

    async def _phase(self, held: Held, *, ends: datetime) -> None:
        """What was said and written; whoever speaks gets the floor first."""
        pace = (ends - self.clock) / (len(held.lines) + len(held.writes) + len(held.parked) + len(held.groups) + 1)
        for line in held.lines:
            self.clock += pace
            await self._let_speak(line.by)
            await writing.say(
                self.session,
                self.room_id,
                by=self.world.people[line.by],
                text=line.text,
                key=self._key(),
                now=self.clock,
            )
        for written in held.writes:
            self.clock += pace
            await self._write(written)
        for thought in held.parked:
            self.clock += pace
            by = self.world.people[thought.by]
            await parking.park(self.session, self.room_id, by=by, text=thought.text, key=self._key(), now=self.clock)
        for group in held.groups:
            self.clock += pace
            cards = [await self._row(card) for card in group.cards]
            await grouping.put_into_group(
                self.session, self.room_id, by=self.lead, cards=cards, group=grouping.NEW, heading=group.heading,
                key=self._key(), now=self.clock,
            )  # fmt: skip
        self.clock = ends

    async def _write(self, written: Written) -> None:
        by = self.world.people[written.by]
        if written.of:
            for card in written.of:
                await writing.value(
                    self.session, self.room_id, by=by, contribution_id=await self._row(card), keeps=True, now=self.clock
                )
            return
        if written.pick:
            await picking.pick(
                self.session,
                self.room_id,
                by=by,
                deck=written.deck,
                option=written.pick,
                key=self._key(),
                now=self.clock,
            )
            return
        if has_contributed(await self._room(), await self._seat(written.by), deck=written.deck):
            await self._let_speak(written.by, written.deck)
        key = self._key()
        self.cards[written.key or key] = key
        due = self.clock.date() + timedelta(days=21)
        await writing.write(
            self.session, self.room_id, by=by, deck=written.deck, text=written.text, key=key, kind=written.sort,
            due=due if written.deck == "offers_of_support" else None, now=self.clock,
        )  # fmt: skip
        if written.practice:
            await linking.link_practice(
                self.session, self.room_id, by=by, contribution_id=await self._row(written.key),
                practice=self.world.threads[written.practice], now=self.clock,
            )  # fmt: skip

    async def _let_speak(self, key: str, deck: str = LINE) -> None:
        """The lead gives the floor to somebody who speaks out of turn, or again in it."""
        room, who = await self._room(), await self._seat(key)
        if room.leads != who and (room.state.turns.speaker != who or has_contributed(room, who, deck=deck)):
            await moves.let_speak(self.session, self.room_id, by=self.lead, who=who, now=self.clock)

    async def _release(self) -> None:
        assert self.told.release is not None
        wanted = {self.cards[card] for card in self.told.release.cards}
        rows = (await self.session.exec(select(Contribution).where(Contribution.consultation_id == self.room_id))).all()
        chosen = [
            row.id for row in rows if row.id is not None and (row.key in wanted or row.deck in self.told.release.decks)
        ]
        giver = self.world.people[next(c.author for c in material.challenges() if c.key == self.told.challenge)]
        await closing.release(
            self.session, self.room_id, by=giver, chosen=chosen, city=self.told.city, now=self._tick()
        )

    async def _row(self, card: str) -> int:
        query = select(Contribution.id).where(Contribution.key == self.cards[card])
        found = (await self.session.exec(query)).one()
        assert found is not None
        return found

    async def _room(self) -> Room:
        return (await sitting(self.session, self.room_id)).room

    async def _seat(self, key: str) -> int:
        return (await sitting(self.session, self.room_id)).my_seat(self.world.people[key])

    def _key(self) -> str:
        self.count += 1
        return self.world.key("said", f"{self.told.key}-{self.count}")

    def _tick(self) -> datetime:
        self.clock += timedelta(seconds=5)
        return self.clock


def _owner(method: str) -> str:
    owner = methods()[method].owner
    assert owner is not None
    return owner.key
