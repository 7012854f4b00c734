"""The loudspeaker's hot path as a server for the fan-out benchmark: LiveProtocol, Hub and Turn, nothing else.

`?room=N` follows room N (and acknowledges); `/drive` gets {"rounds", "burst", "rooms", "window", "rate"} and sends.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn

from realtime.hub import Group, Hub
from realtime.lines import EXTENSION, LiveProtocol
from realtime.wire import Message, Turn

SIZE = 200
hub: Hub[Any] = Hub()
acknowledged: dict[str, int] = {}
moved = asyncio.Event()
turn: Turn[Group, Any] = Turn(hub.readers, lambda line, group: hub.miss(line, group[0]))
send_in_a_loop = "--loop" in sys.argv


def payload(rich: bool) -> str:
    head = f'{{"t":{time.monotonic_ns():020d},"html":"'
    filler = "Good morning from the city hall, our drainage plan has a new annex: page 14, table 3. " if rich else "x"
    return head + (filler * SIZE)[: SIZE - len(head) - 2] + '"}'


async def application(scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]], send: Any) -> None:
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    await (drive(receive, send) if scope["path"] == "/drive" else listen(scope, receive, send))


async def listen(scope: dict[str, Any], receive: Any, send: Any) -> None:
    topic = "room:" + scope["query_string"].decode().removeprefix("room=")
    line = scope["extensions"][EXTENSION]
    if send_in_a_loop:
        line.send_text = send
    hub.arrive(line, person=1, lang="en")
    hub.ask(topic)
    hub.admit(line, topic, version=0)
    while (said := await receive())["type"] == "websocket.receive":
        acknowledged[topic] = int(said["text"])
        moved.set()
    hub.gone(line)


async def drive(receive: Any, send: Any) -> None:
    while (said := await receive())["type"] == "websocket.receive":
        order = json.loads(said["text"])
        acknowledged.clear()
        await speak(**order)
        await send({"type": "websocket.send", "text": "done"})


async def speak(*, rounds: int, burst: int, rooms: int, window: int, rate: float, rich: bool) -> None:
    topics, started = [f"room:{number}" for number in range(1, rooms + 1)], time.monotonic()
    for number in range(rounds):
        while number * burst - min(acknowledged.get(topic, 0) for topic in topics) >= window:
            moved.clear()
            await moved.wait()
        if rate:
            await asyncio.sleep(max(0.0, started + number / rate - time.monotonic()))
        for topic in topics:
            if rate:  # rooms speak when they like, not all in the same turn
                await asyncio.sleep(0)
            for _ in range(burst):
                message = Message(payload(rich))
                if send_in_a_loop:
                    for line in hub.readers((topic, "en")):
                        await line.send_text({"type": "websocket.send", "text": message.text})
                else:
                    turn.say((topic, "en"), message)
        await asyncio.sleep(0)


if __name__ == "__main__":
    uvicorn.run(
        application,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        ws=LiveProtocol,
        ws_per_message_deflate="--deflate" in sys.argv,
        ws_ping_interval=None,
        log_level="warning",
        lifespan="off",
    )
