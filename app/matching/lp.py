"""Inequalities handed to HiGHS and its answers read back. It needs the library `highspy`."""

from collections.abc import Mapping
from typing import Any

import highspy

from app.matching.draft import Place
from app.matching.model import ANY, Model


def solver_of(model: Model, *, seconds: float) -> Any:
    solver = highspy.Highs()
    solver.silent()
    for name, value in {"threads": 1, "time_limit": seconds, "mip_rel_gap": 1e-5, "mip_abs_gap": 0.99}.items():
        solver.setOptionValue(name, value)
    solver.passModel(lp_of(model))
    return solver


def relaxed(model: Model, *, seconds: float, crossover: bool = True) -> Any:
    """As if people and cases could be divided. Without crossover the answer lies between corners, but comes sooner."""
    solver = solver_of(model, seconds=seconds)
    solver.setOptionValue("solve_relaxation", True)
    solver.setOptionValue("solver", "ipm")
    solver.setOptionValue("run_crossover", "on" if crossover else "off")
    return solver


def bound_of(model: Model, solver: Any) -> float:
    """What no plan is worth more than, proved by the prices of the rows alone, however exact the solver was."""
    left = list(model.worth)
    bound = float(model.base)
    for price, (low, high, columns) in zip(solver.getSolution().row_dual, model.rows, strict=True):
        limit = high if price > 0 else low
        if abs(limit) == ANY:
            continue
        bound += price * limit
        for column, factor in columns.items():
            left[column] -= price * factor
    return bound + sum(max(worth, worth * least) for worth, least in zip(left, model.least, strict=True))


def hint(solver: Any, model: Model, places: Mapping[int, Place]) -> None:
    known = model.columns_of(places)
    if known is not None:
        start = highspy.HighsSolution()
        start.col_value = known
        solver.setSolution(start)


def solved(solver: Any) -> bool:
    return bool(solver.getModelStatus() == highspy.HighsModelStatus.kOptimal)


def lp_of(model: Model) -> Any:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(model.worth), len(model.rows)
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.offset_ = float(model.base)
    lp.col_cost_ = model.worth
    lp.col_lower_ = [float(least) for least in model.least]
    lp.col_upper_ = [1.0] * len(model.worth)
    kinds = highspy.HighsVarType
    lp.integrality_ = [kinds.kInteger if whole else kinds.kContinuous for whole in model.whole]
    lp.row_lower_ = [-highspy.kHighsInf if low == -ANY else float(low) for low, _, _ in model.rows]
    lp.row_upper_ = [highspy.kHighsInf if high == ANY else float(high) for _, high, _ in model.rows]
    starts = [0]
    index: list[int] = []
    factors: list[float] = []
    for _, _, columns in model.rows:
        index += columns.keys()
        factors += columns.values()
        starts.append(len(index))
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = starts, index, factors
    return lp


def feasible(solver: Any) -> bool:
    return bool(solver.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible)
