"""Pages for changing one's own address: asked for on the profile, confirmed by a link in a letter to the new one."""

from starlette.responses import Response

from app.core import limits
from app.core.db import reading, transaction
from app.core.doors import anyone, signed_in
from app.core.pages import Visit, get, post
from app.core.security import token_hash
from app.core.words import N_
from app.people import actions_address as actions
from app.people import forms, queries

CHANGES = "5/hour"


async def ask_for_address(visit: Visit) -> Response:
    typed = await visit.form(forms.NewAddress)
    await limits.check("new address", str(visit.me.id), CHANGES)
    async with transaction() as session:
        await actions.ask_for_address(
            session, person_id=visit.me.id, email=typed.email, key=typed.key, now=visit.now
        )  # fmt: skip
    said = N_(
        "A letter is on its way to %(address)s. Open its link, then the new address is yours; until then the old one stays."
    )
    return visit.go("/me", said=said, address=typed.email)


async def confirm_address(visit: Visit) -> Response:
    async with transaction() as session:
        await actions.confirm_address(session, visit.me.id)
    return visit.go("/me#address", said=N_("Thank you. We write to this address again."))


async def address_page(visit: Visit) -> Response:
    """A button and not yet the deed, because mail filters open links too."""
    async with reading() as session:
        found = await queries.mail_link(
            session, token_hash=token_hash(visit.params["word"]), now=visit.now, purposes=(actions.ADDRESS,)
        )  # fmt: skip
    return visit.page("people/address.html", address=found[0].goes_to if found else "", word=visit.params["word"])


async def use_address(visit: Visit) -> Response:
    async with transaction() as session:
        await actions.use_address(session, word=visit.params["word"], now=visit.now)
    return visit.go("/me", said=N_("Your new address is in use."))


routes = [
    post("/me/address/confirm", confirm_address, who=signed_in),
    get("/address/{word}", address_page, who=anyone),
    post("/address/{word}", use_address, who=anyone, shows=address_page),
]
