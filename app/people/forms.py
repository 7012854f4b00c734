"""What people type about themselves, checked. Table-less; sentences go to the fields."""

from typing import Annotated

from pydantic import AfterValidator, EmailStr, Field, ValidationInfo, field_validator

from app.core import i18n, places, times
from app.core.errors import Invalid
from app.core.forms import Form
from app.core.words import N_
from app.people import passwords
from app.people.rules import ORGANISATION_KINDS, TOPICS, check_password


def _one_of(known: frozenset[str] | set[str] | tuple[str, ...], sentence: str) -> AfterValidator:
    def check(value: str) -> str:
        if value and value not in known:
            raise ValueError(sentence)
        return value

    return AfterValidator(check)


def _zone(value: str) -> str:
    """The zone by its name, or by its city alone as pages write it: `Tbilisi`."""
    if value not in times.zone_names():
        wanted = value.strip().casefold().replace(" ", "_")
        named = [name for name in times.zone_names() if wanted in {name.casefold(), name.casefold().rpartition("/")[2]}]
        if len(named) == 1:
            return named[0]
        raise ValueError(N_("We do not know this time zone. Choose one from the list."))
    return value


CHOOSE = N_("Please choose one of the list.")
Zone = Annotated[str, AfterValidator(_zone)]
Lang = Annotated[str, _one_of(i18n.CODES, CHOOSE)]
Country = Annotated[str, _one_of(places.country_codes(), CHOOSE)]
Spoken = Annotated[str, _one_of({code for code, _ in places.spoken_languages("en")}, CHOOSE)]
Topic = Annotated[str, _one_of(set(TOPICS), CHOOSE)]


class Letter(Form):
    """Somebody asks for a sign-in letter."""

    email: EmailStr = Field(max_length=320)
    next: str = Field("/", max_length=300)


class WithPassword(Letter):
    password: str = Field(min_length=1, max_length=1000)


class Profile(Form):
    name: str = Field(min_length=1, max_length=120)
    organisation: str = Field("", max_length=200)
    organisation_kind: Annotated[str, _one_of(set(ORGANISATION_KINDS), CHOOSE)] = "municipality"
    job: str = Field("", max_length=120)
    city: str = Field("", max_length=120)
    country: Country = ""
    languages: list[Spoken] = Field([], max_length=12)
    topics: list[Topic] = Field([], max_length=14)
    about: str = Field("", max_length=2000)
    lang: Lang = "en"
    zone: Zone
    theme: Annotated[str, _one_of(("light", "dark"), CHOOSE)] = ""


class NewAddress(Form):
    key: str = Field(min_length=8, max_length=64)
    email: EmailStr = Field(max_length=300)


class NewPassword(Form):
    current: str = Field("", max_length=1000)
    password: str = Field("", max_length=1000)


class ZoneAlone(Form):
    zone: Zone
    back: str = Field("/me", max_length=300)


class Setup(Form):
    """The first person of an installation and its name."""

    programme: str = Field(min_length=1, max_length=80)
    name: str = Field(min_length=1, max_length=120)
    email: EmailStr = Field(max_length=320)
    password: str = Field(min_length=1, max_length=1000)
    zone: Zone

    @field_validator("password")
    @classmethod
    def _is_strong(cls, value: str, info: ValidationInfo) -> str:
        """Said together with what else is to be mended, not in a second round."""
        about = [*str(info.data.get("name", "")).split(), str(info.data.get("email", "")).partition("@")[0]]
        try:
            check_password(value, breached=passwords.breached(), about=[word for word in about if word])
        except Invalid as weak:
            raise ValueError(weak.fields["password"]) from None
        return value
