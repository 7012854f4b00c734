"""What a stored password costs whoever would guess it; signing in with one: test_sign_in.py, with a cheap hash."""

from app.people import passwords

COSTS = "$argon2id$v=19$m=65536,t=3,p=4$"


async def test_every_guess_takes_64_megabytes_and_three_rounds_and_is_as_dear_where_nobody_has_a_password() -> None:
    stored = await passwords.hashed("drain lamp river stone")
    assert stored.startswith(COSTS)
    assert passwords._nobodys().startswith(COSTS)
    assert await passwords.matches("drain lamp river stone", stored)
    assert not await passwords.matches("drain lamp river stones", stored)
    assert not await passwords.matches("nobody has this password", "")
