"""The planner in a process of its own: `python -m app.matching --seed 1 --steps 1500 < problem.json`.

With `--repair yes` it mends `previous` with the fewest changes instead of solving anew.
With `--prove 30` HiGHS betters it for up to 30 seconds.
Writes a line {"step", "steps", "placed", "cases", "score", "bound"} now and then, and at the end {"plan": …}. SIGTERM ends the
search; what was best so far is still written. A plan that breaks a rule is never written.
"""

import json
import signal
import sys
from dataclasses import asdict
from threading import Event
from time import monotonic

from app.matching.check import broken_rules
from app.matching.plan import plan_to_json
from app.matching.problem import from_json
from app.matching.repair import repair
from app.matching.search import Progress
from app.matching.solve import STEPS, solve

EVERY = 0.5  # seconds between two lines


def main() -> None:
    stopped = Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    options = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=True))
    problem = from_json(sys.stdin.read())
    told = 0.0

    def watch(progress: Progress) -> bool:
        nonlocal told
        if monotonic() - told >= EVERY:
            told = monotonic()
            _say(json.dumps(asdict(progress)))
        return not stopped.is_set()

    if options.get("--repair") == "yes":
        plan = repair(problem, stopped=stopped.is_set)
    else:
        plan = solve(
            problem,
            seed=int(options.get("--seed", 1)),
            steps=int(options.get("--steps", STEPS)),
            watch=watch,
            prove=float(options.get("--prove", 0)),
        )
    if broken := broken_rules(problem, plan):
        sys.exit(f"The planner broke a rule: {'; '.join(broken)}")
    _say(json.dumps({"plan": json.loads(plan_to_json(plan))}))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
