"""The planner as a child process: progress while it works, the best so far when it is told to stop."""

import json
import signal
import subprocess
import sys
from dataclasses import replace

from app.matching.check import broken_rules
from app.matching.plan import plan_from_json
from app.matching.problem import to_json
from app.matching.repair import repair
from app.matching.solve import solve
from bench.timetable.generate import instance
from bench.timetable.repairs import without_people


def test_it_gives_the_same_plan_as_the_function() -> None:
    problem = instance("S", density=0.2)
    asked = [sys.executable, "-m", "app.matching", "--seed", "3", "--steps", "60"]
    done = subprocess.run(asked, input=to_json(problem), capture_output=True, text=True, check=True, timeout=60)
    last = json.loads(done.stdout.splitlines()[-1])
    assert plan_from_json(json.dumps(last["plan"])) == solve(problem, seed=3, steps=60)


def test_told_to_stop_it_still_writes_the_best_so_far() -> None:
    problem = instance("S", density=0.2)
    asked = [sys.executable, "-m", "app.matching", "--steps", "10000000"]
    with subprocess.Popen(asked, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin is not None and child.stdout is not None
        child.stdin.write(to_json(problem))
        child.stdin.close()
        first = json.loads(child.stdout.readline())
        child.send_signal(signal.SIGTERM)
        lines = [json.loads(line) for line in child.stdout]
    assert 0 < first["step"] < first["steps"]
    plan = plan_from_json(json.dumps(lines[-1]["plan"]))
    assert plan.placements and broken_rules(problem, plan) == []


def test_it_repairs_as_the_function_does() -> None:
    problem = instance("S", density=0.2)
    seats = tuple(placement.seat for placement in solve(problem, steps=20).placements)
    gone = without_people(replace(problem, previous=seats), {problem.moderators[0].person})
    asked = [sys.executable, "-m", "app.matching", "--repair", "yes"]
    done = subprocess.run(asked, input=to_json(gone), capture_output=True, text=True, check=True, timeout=60)
    assert plan_from_json(json.dumps(json.loads(done.stdout)["plan"])) == repair(gone)
