"""What a file is called for people; what makes a recording whole. Pure."""

from collections.abc import Collection
from enum import StrEnum

from app.core.errors import Invalid, Refused
from app.core.words import N_


class Role(StrEnum):
    """What a file is to its post."""

    BESIDE = ""
    RECORDING = "recording"
    CAPTIONS = "captions"
    SLIDE = "slide"


OF_RECORDINGS = (Role.RECORDING, Role.CAPTIONS, Role.SLIDE)
"""What waits for a recording; what waits for a reply is Role.BESIDE and stays with the reply."""
PLAYED = frozenset({Role.RECORDING, Role.CAPTIONS})


def check_whole(roles: Collection[str], *, title: str, transcript: str) -> None:
    """A recording is for everybody: also for who does not hear it, and for who cannot load it."""
    wrong = {}
    if not title.strip():
        wrong["title"] = N_("Please write a few words.")
    if Role.RECORDING not in roles:
        wrong["recording"] = N_("Please choose the recording first.")
    if Role.CAPTIONS not in roles:
        wrong["captions"] = N_("A recording needs captions, for everybody who does not hear it. What you sent is kept.")
    if not transcript.strip():
        wrong["text"] = N_("A recording needs a transcript, for everybody who cannot load it. What you sent is kept.")
    if wrong:
        raise Invalid(wrong)


def check_one_of_each(role: Role, there: Collection[str]) -> None:
    if role in PLAYED and role in there:
        raise Invalid({role: N_("There is one already. Please leave it out first.")})


def check_leaves(role: str) -> None:
    """May this file leave a post that stands?"""
    if role in PLAYED:
        raise Refused(N_("A recording and its captions stay together. Take the whole post away instead."))


def file_words(name: str) -> str:
    """What kind of file it is, for people; the ending is ours, by what the file holds."""
    return _ENDINGS.get(name.rpartition(".")[2], N_("File"))


_ENDINGS = {
    "pdf": "PDF", "txt": N_("Text"), "docx": N_("Text document"), "odt": N_("Text document"), "xlsx": N_("Table"),
    "ods": N_("Table"), "pptx": N_("Slides"), "odp": N_("Slides"), "webp": N_("Picture"), "vtt": N_("Captions"),
    **dict.fromkeys(("mp3", "ogg", "wav", "flac", "m4a", "weba"), N_("Audio")),
    **dict.fromkeys(("mp4", "webm", "ogv"), N_("Video")),
}  # fmt: skip
