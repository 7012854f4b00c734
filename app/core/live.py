"""News: what has changed, said after it is stored. The only module that knows Redis.

Redis carries what may vanish: news, wake-up calls, presence, limits. When it is away, everything stays correct and
only gets slower: browsers ask again, the dispatcher looks by itself, readers compare versions every few seconds.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlmodel.ext.asyncio.session import AsyncSession

log = structlog.get_logger()

NEWS = "fortnight:news"
WAKE = "fortnight:jobs"

_redis: Redis | None = None


@dataclass
class News:
    """What a transaction has to say once it is stored."""

    topics: dict[str, int] = field(default_factory=dict)
    wake: bool = False


def announce(session: AsyncSession, topic: str, *, version: int) -> None:
    """Say, once this transaction is stored, that `topic` ("thread:5") now has this version."""
    news = _news(session)
    news.topics[topic] = max(version, news.topics.get(topic, 0))


def wake(session: AsyncSession) -> None:
    """Wake the dispatcher once this transaction is stored: there is work that is due."""
    _news(session).wake = True


def taken_from(session: AsyncSession) -> News:
    news: News = session.info.pop("news", None) or News()
    return news


async def tell(news: News) -> None:
    """Publish. A Redis that is away is not an error: readers and workers look by themselves."""
    if _redis is None or not (news.topics or news.wake):
        return
    try:
        for topic, version in news.topics.items():
            await _redis.publish(NEWS, json.dumps({"topic": topic, "version": version}))
        if news.wake:
            await _redis.publish(WAKE, "{}")
    except (RedisError, OSError) as problem:
        log.warning("news not told", problem=str(problem), topics=list(news.topics))


def connect(url: str) -> None:
    """Use the Redis at `url` (`redis://…` or `unix://…`) from now on."""
    global _redis
    _redis = Redis.from_url(url, decode_responses=True, health_check_interval=15)


async def disconnect() -> None:
    global _redis
    if _redis is not None:
        await _redis.aclose()
        _redis = None


def redis() -> Redis:
    """The connection, for presence and for health; callers treat every answer as something that may be gone."""
    assert _redis is not None, "app.core.live.connect(url) comes first"
    return _redis


def connected() -> bool:
    """Was there a connect()? It says nothing about whether Redis answers."""
    return _redis is not None


async def is_well() -> bool:
    try:
        return _redis is not None and bool(await _redis.ping())
    except (RedisError, OSError):
        return False


async def listen(*channels: str) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """Endless: (channel, message) as they come; after a lost connection it begins again by itself.

    Right after every (re)connection it yields (channel, {}) once per channel: «look for yourself, you may have missed
    something».
    """
    pause = 0.1
    while True:
        try:
            async with redis().pubsub() as pubsub:
                await pubsub.subscribe(*channels)
                for channel in channels:
                    yield channel, {}
                pause = 0.1
                async for message in pubsub.listen():
                    if message["type"] == "message":
                        yield message["channel"], json.loads(message["data"])
        except (RedisError, OSError) as problem:
            log.warning("news line lost", problem=str(problem), again_in=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 5)


def _news(session: AsyncSession) -> News:
    news: News = session.info.setdefault("news", News())
    return news
