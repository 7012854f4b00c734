"""Make the recording of the demonstration: three street inlets in the rain: `python scripts/make_demo_sound.py`, once."""

import wave
from math import exp
from pathlib import Path
from random import Random

RATE = 8000
PLACE = Path(__file__).parent.parent / "app" / "demo" / "recordings" / "inlets.wav"
INLETS = ((0.06, 9), (0.2, 26), (0.5, 60))  # how loud the stream is, and drops in a second: paved over, half, open
SECONDS, PAUSE = 3.4, 0.6


def stream(loud: float, drops: int, chance: Random) -> list[float]:
    """Noise made soft, and drops that ring."""
    count, level = int(SECONDS * RATE), 0.0
    sound = []
    for n in range(count):
        level += (chance.uniform(-1, 1) - level) * (0.15 + loud / 2)
        sound.append(level * loud * min(1, n / 2000, (count - n) / 2000))
    for _ in range(int(drops * SECONDS)):
        at, length = chance.randrange(count - 400), chance.randrange(5, 12)
        for n in range(300):
            sound[at + n] += 0.25 * exp(-n / 60) * (1 if n % length * 2 < length else -1)
    return sound


def main() -> None:
    chance = Random(7)
    sound = [value for loud, drops in INLETS for value in [*stream(loud, drops, chance), *[0.0] * int(PAUSE * RATE)]]
    PLACE.parent.mkdir(exist_ok=True)
    with wave.open(str(PLACE), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(1)
        out.setframerate(RATE)
        out.writeframes(bytes(max(0, min(255, int(128 + 110 * value))) for value in sound))


if __name__ == "__main__":
    main()
