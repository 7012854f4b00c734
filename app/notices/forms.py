"""What browsers send of announcements and newsletters: words in one language."""

from pydantic import Field

from app.core.forms import Form, Lang
from app.notices.rules_announcing import LONGEST, Version


class NewText(Form):
    key: str = Field(min_length=8, max_length=64)
    lang: Lang
    title: str = Field(min_length=1, max_length=200)
    text: str = Field(min_length=1, max_length=LONGEST)


class OtherWords(Form):
    lang: Lang
    title: str = Field(default="", max_length=200)
    text: str = Field(default="", max_length=LONGEST)
    seen: str = Field(default="", max_length=16)

    @property
    def version(self) -> Version:
        return Version(self.lang, self.title.strip(), self.text.strip())
