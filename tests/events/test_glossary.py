"""The words of an event: each reads them in their language, the team keeps them, nothing stands there twice."""

from app.events.glossary import entries
from tests.forum.forum import a_forum
from tests.support.site import Site

SPONGE = {
    "en": {"term": "sponge city", "meaning": "Keeps rain."},
    "de": {"term": "Schwammstadt", "meaning": "Hält Regen."},
}
ONLY_ENGLISH = {"en": {"term": "Ärger", "meaning": ""}}


def test_everybody_reads_their_language_and_finds_the_others_beside_it() -> None:
    first, second = entries([(1, SPONGE), (2, ONLY_ENGLISH)], lang="de", languages=("en", "de", "ar"))
    assert (first.term, first.lang, first.others) == ("Ärger", "en", ())
    assert (second.term, second.meaning, second.others) == ("Schwammstadt", "Hält Regen.", (("en", "sponge city"),))


async def test_the_team_keeps_the_words_and_strangers_read_them(site: Site) -> None:
    forum = await a_forum()
    base = f"{forum.url}/glossary"
    marta, tamta, stranger = await site.as_person(forum.marta), await site.as_person(forum.tamta), site.stranger()
    form = {"key": "a-word-for-all", "lang": "en", "term": "sponge city", "meaning": "Keeps rain."}
    assert (await tamta.send_form(base, form)).status_code == 403
    address = (await marta.send_form(base, form)).headers["location"]
    assert (await marta.send_form(base, form)).headers["location"] == address, "the same key is the same word"
    twice = await marta.send_form(base, {**form, "key": "another-key", "term": "Sponge City"})
    assert (twice.status_code, "This word is here already." in twice.text) == (422, True)
    await marta.send_form(address, {"lang": "ar", "term": "المدينة الإسفنجية", "meaning": ""})
    page = (await stranger.get(f"{base}?lang=ar")).text
    assert "المدينة الإسفنجية" in page and "sponge city" in page
    assert f'href="{base}"' in (await tamta.get(f"{forum.url}/today")).text
    assert (await tamta.get(address)).status_code == 403
    await marta.send_form(address, {"lang": "ar", "term": ""})
    assert (await marta.send_form(address, {"lang": "en", "term": ""})).status_code == 422
    await marta.send_form(f"{address}/drop")
    assert "sponge city" not in (await stranger.get(base)).text
