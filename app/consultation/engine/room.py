"""A consultation as one value: the method, the people, and where they stand."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from app.consultation.engine.cast import Cast
from app.consultation.engine.method import (
    Floor,
    Kind,
    Listening,
    Method,
    Module,
    Output,
    Phase,
    Role,
    face_to_face,
    in_the_form_of,
    in_writing,
)
from app.consultation.engine.state import State, Status, Step
from app.core.errors import Refused
from app.core.words import N_

SHORTEST_TURN = 20  # seconds, however many share the time of a phase


@dataclass(frozen=True)
class Room:
    method: Method
    cast: Cast
    state: State

    @property
    def running(self) -> bool:
        return self.state.status is Status.RUNNING

    @property
    def written(self) -> bool:
        """Held in writing now, over days; a meeting in between is not."""
        return self.state.pace is not None and not self.state.meeting

    @property
    def step(self) -> Step | None:
        """The present step; None in the lobby. A closed room stays at its last one."""
        return self.state.plan[self.state.step] if 0 <= self.state.step < len(self.state.plan) else None

    @cached_property
    def phase(self) -> Phase | None:
        """The present phase as it runs, in the form of the module where one was chosen."""
        return None if self.step is None else self.phase_of(self.step)

    @cached_property
    def module(self) -> Module | None:
        """The module in force in this step."""
        if self.step is None:
            return None
        if self.step.module is not None:
            return self.method.module(self.step.module)
        return self.method.module(self.state.module) if self.method.phase(self.step.phase).module else None

    @property
    def last_step(self) -> bool:
        return self.state.step == len(self.state.plan) - 1

    @property
    def place(self) -> int:
        """The step to which belongs what is written now: a step that was interrupted goes on as itself."""
        step = self.step
        return self.state.step if step is None or step.of is None else step.of

    def last_run(self, step: int) -> int:
        """The last step of the plan in which `step` goes on; itself where it was not interrupted."""
        return max((number for number, each in enumerate(self.state.plan) if each.of == step), default=step)

    @property
    def leads(self) -> int | None:
        """Who leads now: whoever took over, else the process owner; None where the system leads."""
        if self.state.acting is not None:
            return self.state.acting
        owner = self.method.owner
        return None if owner is None else next(iter(self.persons((owner.key,))), None)

    def phase_of(self, step: Step) -> Phase:
        """The phase as it runs: in the form of its module, and at the speed at which the consultation is held."""
        phase = self.formed(step)
        if self.state.pace is None:
            return phase
        return in_writing(phase) if self.written else face_to_face(phase)

    def formed(self, step: Step) -> Phase:
        """The phase in the form of its module, as the method has it at its own speed."""
        phase = self.method.phase(step.phase)
        key = step.module or (self.state.module if phase.module else None)
        return in_the_form_of(phase, self.method.module(key))

    def role(self, person: int) -> Role | None:
        return self.cast.role(person, method=self.method, round=self.step.round if self.step else 0)

    def persons(self, roles: tuple[str, ...], *, round: int | None = None) -> tuple[int, ...]:
        if round is None:
            round = self.step.round if self.step else 0
        return self.cast.playing(roles, method=self.method, round=round)

    def case_givers(self, *, round: int | None = None) -> tuple[int, ...]:
        return self.persons(tuple(role.key for role in self.method.roles if role.case), round=round)

    def bringers(self) -> tuple[int, ...]:
        """Everybody who brought a case in some round, where the method asks what of it may leave the room."""
        if not any(output.kind is Kind.RELEASE for phase in self.method.phases for output in phase.outputs):
            return ()
        rounds = sorted({step.round for step in self.state.plan if not self.method.phase(step.phase).once} or {0})
        return tuple(dict.fromkeys(person for round in rounds for person in self.case_givers(round=round)))

    def deciders(self) -> tuple[int, ...]:
        """Who says what may leave the room: whoever brought a case; where nobody does, everybody about their own words."""
        if not self.method.everybody_releases:
            return self.bringers()
        releases = (out for phase in self.method.phases for out in phase.outputs if out.kind is Kind.RELEASE)
        return tuple(dict.fromkeys(person for out in releases for person in self.persons(out.writes)))

    def is_led_by(self, person: int) -> bool:
        """Whether this person may move the process. Where the system leads, everybody in the room may."""
        if self.leads is None:
            return person in self.cast.persons
        return person == self.leads

    def speaks_now(self, person: int) -> bool:
        """Whether the phase is this person's to speak in (the floor may still be somebody else's)."""
        role = self.role(person)
        return self.phase is not None and role is not None and role.key in self.phase.speaks

    def is_backstage(self, person: int) -> bool:
        """Listens hidden; whoever leads is always heard and therefore never backstage."""
        if not self.running or self.phase is None or self.phase.listening is not Listening.BACKSTAGE:
            return False
        role = self.role(person)
        return role is not None and role.key in self.phase.listens and self.leads != person

    def outputs_for(self, person: int) -> tuple[Output, ...]:
        """What the person may write in this phase."""
        role = self.role(person)
        if not self.running or self.phase is None or role is None or self.is_backstage(person):
            return ()
        return tuple(output for output in self.phase.outputs if role.key in output.writes)

    @property
    def next_in_turn(self) -> int | None:
        """Who has the floor after the speaker in a circle: the first still to come whose line is there."""
        return next((person for person in self.state.turns.order if person not in self.state.away), None)

    @property
    def speaks_alone(self) -> bool:
        """One person has the whole phase: their turn is the phase itself."""
        phase = self.phase
        return phase is not None and phase.floor is Floor.SINGLE and not phase.turn and self.state.turns.shares <= 1

    def turn_seconds(self, person: int) -> int | None:
        """How long a turn of this person lasts; None where turns have no length, or the phase's clock says it already."""
        phase, clock, shares = self.phase, self.state.clock, self.state.turns.shares
        if phase is None or clock is None or phase.floor not in (Floor.ROUND_ROBIN, Floor.SINGLE):
            return None
        twice = 2 if person in self.state.slow else 1
        if phase.floor is Floor.SINGLE and (not self.speaks_now(person) or (self.speaks_alone and twice == 1)):
            return None
        if phase.turn is None and not shares and not self.speaks_alone:
            return None  # a room older than the clock of a turn
        return twice * (phase.turn or max(SHORTEST_TURN, clock.seconds // max(1, shares) // 5 * 5))

    def present(self, now: datetime) -> datetime:
        """The instant at which the clock stands: a stopped one stays where it was."""
        return (self.state.clock and self.state.clock.paused) or now

    def but(self, **changes: object) -> "Room":
        """The same room with other state: `room.but(step=3)`."""
        return replace(self, state=replace(self.state, **changes))  # type: ignore[arg-type]


def check_seated(room: Room, person: int) -> None:
    if person not in room.cast.persons:
        raise Refused(N_("You have no seat in this room. Ask whoever leads it to give you a part."))


def check_running(room: Room) -> None:
    if room.state.status is Status.LOBBY:
        raise Refused(N_("The consultation has not begun yet. It begins when the lead opens the first phase."))
    if room.state.status is Status.CLOSED:
        raise Refused(N_("This room is closed. You can still read what was released in the protocol."))


def check_led_by(room: Room, person: int | None) -> None:
    """`None` is the system itself, which may do what a lead may."""
    if person is None:
        return
    check_seated(room, person)
    if not room.is_led_by(person):
        raise Refused(N_("Only whoever leads this room can do that. Raise your hand if something should change."))
