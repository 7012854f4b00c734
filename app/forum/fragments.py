"""Posts as HTML, the same on the page and on the live line: no reader, no rights in it.

On the line times are written in UTC and `<local-time>` puts them into the reader's zone; on a page the server does.
"""

from collections import OrderedDict
from collections.abc import Iterable

from markupsafe import Markup
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.render import render
from app.forum.queries import posts as queries
from app.forum.queries.shown import PostShown

_KEPT = 4096
"""Rendered posts kept in this process, about 2 kB each."""
_kept: OrderedDict[tuple[PostShown, str, str], Markup] = OrderedDict()


async def posts_after(session: AsyncSession, thread_id: int, *, after: int, lang: str, zone: str = "UTC") -> Markup:
    """What has changed in a thread after this version, in one language; whoever asks has made sure that it may be read.

    After hundreds of posts it ends with a way to the page where they go on.
    """
    posts, more = await queries.posts_changed(session, thread_id, after=after)
    html = posts_html(posts, lang=lang, zone=zone)
    return html + Markup(render("forum/_go_on.html", lang=lang, zone=zone, last=posts[-1])) if more else html


def posts_html(posts: Iterable[PostShown], *, lang: str, zone: str = "UTC") -> Markup:
    return Markup("\n").join(post_html(post, lang=lang, zone=zone) for post in posts)


def post_html(post: PostShown, *, lang: str, zone: str = "UTC") -> Markup:
    """One post; drawn once per version, language and zone, because a thread is read far more often than written."""
    key = (post, lang, zone)
    known = _kept.get(key)
    if known is None:
        known = Markup(render("forum/_post.html", lang=lang, zone=zone, post=post))
        _kept[key] = known
        if len(_kept) > _KEPT:
            _kept.popitem(last=False)
    else:
        _kept.move_to_end(key)
    return known
