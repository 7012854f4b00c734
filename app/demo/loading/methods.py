"""The methods that the moderators of the demonstration have made their own."""

from functools import partial

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.actions.adapting import change_method, copy_method
from app.consultation.engine.adapting import OutputForm, PhaseForm, with_frame, with_phase
from app.consultation.engine.library import methods
from app.demo import material
from app.demo.entries import AddedPhase, OwnMethod
from app.demo.loading.people import World


async def adapt_methods(session: AsyncSession, world: World) -> None:
    now = world.when.planned(0, "10:00", world.event.zone)
    for told in material.own_methods():
        by, key = world.people[told.by], world.key("method", told.key)
        name = await copy_method(session, event_id=world.event_id, original=told.original, by=by, key=key, now=now)
        frame = partial(with_frame, title=told.title, least=told.least, most=told.most, rounds=1)
        change = partial(change_method, session, event_id=world.event_id, method=name, by=by, now=now)
        await change(revision=1, key=f"{key}-frame", change=frame)
        for number, phase in enumerate(told.phases, start=2):
            added = partial(with_phase, key="", form=_phase(told, phase), after=phase.after)
            await change(revision=number, key=f"{key}-{number}", change=added)


def _phase(told: OwnMethod, phase: AddedPhase) -> PhaseForm:
    everybody = [role.key for role in methods()[told.original].roles]
    word = OutputForm("", phase.output, "cards", everybody, "own_first", characters=40, items=1, kept=False)
    return PhaseForm(
        title=phase.title, prompt=phase.prompt, length=phase.minutes, once=True, floor=phase.floor, speaks=everybody,
        listens=[], listening="normal", turn=None, by_itself=False, outputs=[word],
    )  # fmt: skip
