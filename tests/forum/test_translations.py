"""Posts in other languages: by people, beside the original, every version kept, found by their words."""

from datetime import datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import select

from app.core import audience, kept, search
from app.core.db import reading, transaction
from app.core.errors import Forbidden, Invalid, Refused
from app.forum.actions import posts
from app.forum.actions.concerns import hide_post
from app.forum.actions.translating import take_translation_away, translate
from app.forum.models import Post, Translation
from app.forum.queries import posts as posts_read
from app.forum.queries import translations
from tests.events.events import somebody
from tests.forum.forum import Forum, a_forum
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site, queries


async def translated(
    forum: Forum, post: Post, text: str = "Wer mäht?", *, by: int = 0, lang: str = "de", seen: int = 0, key: str = "",
    now: datetime | None = None,
) -> int:  # fmt: skip
    """Translate, and say which version stands then."""
    now = now or forum.later()
    async with transaction() as session:
        await translate(
            session, post.id or 0, person_id=by or forum.tamta, key=key or f"key {now}", lang=lang, text=text, seen=seen,
            now=now,
        )  # fmt: skip
        there = (await translations.texts_of(session, post.id or 0)).get(lang)
        return there.id or 0 if there else 0


async def shown(post: Post) -> dict[str, tuple[str, str, bool]]:
    async with reading() as session:
        found = await posts_read.post_shown(session, post.id or 0, thread_id=post.thread_id)
    assert found is not None
    return {each.lang: (each.by, each.html.strip(), each.outdated) for each in found.translations}


async def found(words: str, person: int) -> int:
    async with reading() as session:
        return len((await search.find(session, words, person_id=person))[0])


async def test_a_translation_stands_beside_the_post_with_its_translator(database: AsyncEngine) -> None:
    forum = await a_forum()
    post = await forum.reply(await forum.thread())
    await translated(forum, post)
    await translated(forum, post, "Qui tond ?", by=forum.marta, lang="fr")
    assert await shown(post) == {
        "de": ("Tamta Gelovani", "<p>Wer mäht?</p>", False), "fr": ("Marta Lindqvist", "<p>Qui tond ?</p>", False),
    }  # fmt: skip
    assert await found("mäht", forum.carlos) == 1


async def test_a_correction_is_a_new_version_and_a_retry_none(database: AsyncEngine) -> None:
    forum = await a_forum()
    post = await forum.reply(await forum.thread())
    first = await translated(forum, post, key="the-same-key")
    assert await translated(forum, post, key="the-same-key", seen=first) == first
    second = await translated(forum, post, "Wer mäht das?", by=forum.marta, seen=first)
    async with reading() as session:
        versions = await translations.versions_of(session, post.id or 0, lang="de")
    assert [(row.id, name) for row, name in versions] == [(second, "Marta Lindqvist"), (first, "Tamta Gelovani")]
    assert (await shown(post))["de"][:2] == ("Marta Lindqvist", "<p>Wer mäht das?</p>")
    with pytest.raises(Refused, match="just translated"):
        await translated(forum, post, "Wer?", seen=first)


async def test_a_changed_post_says_that_its_translation_is_older(database: AsyncEngine) -> None:
    forum = await a_forum()
    post = await forum.reply(await forum.thread())
    first = await translated(forum, post)
    async with transaction() as session:
        await posts.edit_post(
            session, post.id or 0, editor_id=forum.carlos, text="Who mows and when?", lang="en", now=forum.later()
        )
    assert (await shown(post))["de"][2] is True
    assert await found("mäht", forum.carlos) == 1, "the change of the post has not forgotten the translation"
    await translated(forum, post, seen=first)
    assert (await shown(post))["de"][2] is False, "the same words, looked at again, are up to date"


async def test_who_may_not_write_does_not_translate_and_not_into_its_own_language(database: AsyncEngine) -> None:
    forum = await a_forum()
    post = await forum.reply(await forum.thread())
    reader = await somebody("Rosa Reader")
    async with transaction() as session:
        await audience.admit(session, forum.event.audience_id, reader, writes=False)
    with pytest.raises(Forbidden):
        await translated(forum, post, by=reader)
    with pytest.raises(Invalid):
        await translated(forum, post, "Who?", lang="en")
    async with transaction() as session:
        await hide_post(session, post.id or 0, moderator_id=forum.marta, reason="Rude", now=forum.later())
    with pytest.raises(Refused, match="taken away"):
        await translated(forum, post)
    async with reading() as session:
        assert (await session.exec(select(Translation))).all() == []


async def test_a_hidden_post_is_not_read_in_its_translation(database: AsyncEngine) -> None:
    forum = await a_forum()
    post = await forum.reply(await forum.thread())
    await translated(forum, post)
    async with transaction() as session:
        await hide_post(session, post.id or 0, moderator_id=forum.marta, reason="Rude", now=forum.later())
    assert await shown(post) == {}
    assert await found("mäht", forum.tamta) == 0


async def test_a_translation_is_taken_away_by_three_people_and_nobody_else(database: AsyncEngine) -> None:
    forum = await a_forum()
    stranger = await somebody("Ivan Other")
    async with transaction() as session:
        await audience.admit(session, forum.event.audience_id, stranger)
    post = await forum.reply(await forum.thread())
    for n, person in enumerate((stranger, forum.tamta, forum.carlos, forum.marta)):
        if not await shown(post):
            await translated(forum, post)
        async with transaction() as session:
            taking = take_translation_away(
                session, post.id or 0, person_id=person, key=f"taking-{n}", lang="de", now=forum.later()
            )
            if person == stranger:
                with pytest.raises(Forbidden):
                    await taking
            else:
                await taking
        assert bool(await shown(post)) is (person == stranger)
    assert await found("mäht", forum.tamta) == 0
    async with reading() as session:
        assert await translations.versions_of(session, post.id or 0, lang="de") == []


async def test_a_post_is_translated_and_corrected_by_forms(site: Site) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    post = await forum.reply(thread, "Who mows?")
    tamta, marta = await site.as_person(forum.tamta), await site.as_person(forum.marta)
    there = f"/posts/{post.id}/translations"
    assert "Translate a post of Carlos Zeledón" in (await tamta.get(f"{there}?into=de")).text
    form = {"key": "first-version", "lang": "de", "text": "Wer mäht?", "seen": "0"}
    assert (await tamta.send_form(there, form)).status_code == 303
    page = (await marta.get(f"{forum.url}/threads/{thread.id}?lang=de")).text
    assert '<details class="translation" open><summary>Auf Deutsch, übersetzt von Tamta Gelovani</summary>' in page
    assert '<div class="post-body prose" lang="de" dir="ltr"><p>Wer mäht?</p>' in page
    page = (await marta.get(f"{forum.url}/threads/{thread.id}?lang=en")).text
    assert '<details class="translation"><summary>In German, translated by Tamta Gelovani</summary>' in page
    refused = await marta.send_form(there, {**form, "key": "second-version", "text": "Wer mäht dort?"})
    assert refused.status_code == 409
    assert "Wer mäht dort?" in refused.text
    seen = (await marta.get(f"{there}?into=de")).text.split('name="seen" value="')[1].split('"')[0]
    await marta.send_form(there, {**form, "key": "third-version", "text": "Wer mäht dort?", "seen": seen})
    assert "Wer mäht dort?" in (await tamta.get(f"{forum.url}/threads/{thread.id}")).text
    answer = await marta.send_form(f"{there}/deletion", {"key": "taken-away-1", "lang": "de"})
    assert answer.status_code == 303
    assert "Wer mäht dort?" not in (await tamta.get(f"{forum.url}/threads/{thread.id}")).text
    assert (await (await site.as_person(await somebody("Nobody Here"))).get(there)).status_code == 404


async def test_many_translations_are_one_question_more(site: Site) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    written = await forum.replies(thread, 3)
    tamta = await site.as_person(forum.tamta)
    counts = []
    for post in written:
        await tamta.get(f"{forum.url}/threads/{thread.id}")
        kept.forget()
        with queries() as said:
            await tamta.get(f"{forum.url}/threads/{thread.id}")
        counts.append(len(said))
        await translated(forum, post)
    assert counts[2] == counts[1] == counts[0] + 1


@ONE_DATABASE
async def test_a_quote_is_in_the_language_and_direction_of_the_post_it_is_from(site: Site) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    async with transaction() as session:
        arabic = await posts.reply(
            session, thread_id=thread.id or 0, author_id=forum.carlos, key="ar", text="من يقصّ العشب؟", lang="ar", now=forum.later()
        )  # fmt: skip
    await forum.reply(thread, "Quoting in English.", by=forum.tamta, quote_of=arabic.id, quote="العشب")
    page = (await (await site.as_person(forum.tamta)).get(f"{forum.url}/threads/{thread.id}")).text
    assert '<blockquote class="quote"><p lang="ar" dir="rtl">العشب</p>' in page
