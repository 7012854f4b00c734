"""python -m bench.timetable.golfers [--seconds 60]: how many rounds nobody meets anybody twice in, beside known results.

The social golfer problem: 32 people in 8 groups of 4. Ten rounds are the most there can be (31 others, 3 a round) and are
known to exist (A. Aguado, "A 10 days solution to the social golfer problem", 2004, by construction).
"""

import argparse
import os
from time import perf_counter

from app.matching.mixing import mix

KNOWN = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    print(f"load {', '.join(f'{each:.1f}' for each in os.getloadavg())}")
    began = perf_counter()
    for rounds in range(5, KNOWN + 1):
        found = mix(
            range(32), size=4, rounds=rounds, seed=asked.seed, steps=10_000_000,
            watch=lambda _: perf_counter() - began < asked.seconds,
        )  # fmt: skip
        took = perf_counter() - began
        print(f"8 x 4, {rounds} rounds: {found.repeated} met twice after {found.steps} steps, {took:.1f} s", flush=True)
        if found.repeated:
            print(f"without a repeated pair: {rounds - 1} rounds; known: {KNOWN}")
            return
    print(f"without a repeated pair: {KNOWN} rounds, the most there can be")


if __name__ == "__main__":
    main()
