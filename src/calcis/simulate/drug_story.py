"""What did the drugs of an arm do, to blood and to a deposit?  How far each moved what it acts on, and when.

The words for what is moved stand in data/report/drug_targets.yaml.  Blood pressure, heart and AV node are
told by calcis.clinical.circulation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np

from calcis.case import Dose, Drug
from calcis.clinical.hard_findings import Simulated
from calcis.drugs import INJECTED, TISSUE, acts_on, drug_actions, drug_part
from calcis.drugs.action import Action
from calcis.drugs.compartments import FILTRATION
from calcis.parameters import data_path, read_data
from calcis.part import Model, assemble
from calcis.results.store import Series
from calcis.simulate.doses import events
from calcis.solve.integrate import solve
from calcis.solve.kernel import Kernel, compile_system
from calcis.solve.schedule import Lane
from calcis.solve.system import trace
from calcis.tissue.chapter import Chapter
from calcis.units import convert
from calcis.wording import capital, digits, listed, on, per_cent

_HARDLY = 0.005  # share by which something is moved that hardly is
_CLOSE, _FEWEST, _MOST = 0.25, 200, 20_000  # h between times, and their least and greatest number
_CIRCULATION = "circulation"
_IN_TISSUE = {TISSUE, INJECTED}
_UNFINISHED = "gla_unfinished_relative"


@cache
def targets() -> Mapping[str, Mapping[str, str]]:
    """What the numbers and signals that drugs move are called."""
    found: Any = read_data(data_path("report", "drug_targets.yaml")).data["targets"]
    return MappingProxyType(found)


@dataclass(frozen=True)
class Given:
    """The doses of an arm, courses of its body at `time` (h), `every` h apart, numbers, and the drugs."""

    doses: tuple[Dose, ...]
    time: np.ndarray
    courses: Mapping[str, Series]
    every: float
    numbers: Mapping[str, float]
    drugs: Mapping[str, Drug]


def of_drugs(given: Given) -> list[str]:
    """A sentence for each drug on what it moved in the body."""
    return [
        f"{capital(name.removeprefix('given_').replace('_', ' '))} {listed(parts)}."
        for name, begin in _begun(given.doses).items()
        if (parts := list(_parts(given, name, begin, False)))
    ]


def in_deposit(given: Given) -> Chapter | None:
    """The chapter of a lesion's story on what drugs did in it; None where none acts there."""
    said, rests = [], []
    for name, begin in _begun(given.doses).items():
        parts = list(_parts(given, name, begin, True))
        if parts:
            said.append(f"{capital(name.replace('_', ' '))} {listed(parts)}.")
            rests += [f"{name}.{one.name}_half" for one in drug_actions(name) if _IN_TISSUE & set(one.on)]
    unfinished = given.courses.get(_UNFINISHED)
    if unfinished is not None and abs(unfinished.values[-1] - 1.0) > _HARDLY:
        said.append(
            f"Of the proteins that hold mineral back {digits(float(unfinished.values[-1]))} times as many as "
            "usual are unfinished at the end; crystals among living cells, and mineral in elastic fibres, "
            f"grow as much {'faster' if unfinished.values[-1] > 1.0 else 'slower'}."
        )
        rests.append("gla_proteins.half_supply")
    return Chapter("Drugs", None, " ".join(said), rests_on=tuple(rests)) if said else None


def circulation(given: Given) -> Simulated | None:
    """Blood pressure, heart rate and PR interval between outputs too; None where no drug moves them."""
    drugs = [name for name in _begun(given.doses) if acts_on(name, _CIRCULATION) and _known(name)]
    if not drugs:
        return None
    found: dict[str, tuple[str, np.ndarray]] = {}
    for name in drugs:
        time, courses = _finely(given, name)
        for action in drug_actions(name):
            for target in action.on.get(_CIRCULATION, ()):
                rest = given.courses[target]
                values = found.get(target, (rest.unit, np.full(len(time), rest.values[0])))[1]
                effect = courses[action.signal]
                found[target] = (rest.unit, values * effect if action.times else values + effect)
    return Simulated(time, found, given.every)


def _begun(doses: tuple[Dose, ...]) -> dict[str, float]:
    """Each drug, and when (h) it was first given."""
    found: dict[str, float] = {}
    for dose in doses:
        found[dose.drug] = min(found.get(dose.drug, np.inf), dose.times[0])
    return found


def _parts(given: Given, name: str, begin: float, tissue: bool) -> Iterator[str]:
    """What a drug did to each thing that it moves: in tissue, or else in the body."""
    actions = [one for one in drug_actions(name) if any((place in _IN_TISSUE) is tissue for place in one.on)]
    if not actions or not _known(name):
        return
    time, courses = _finely(given, name)
    for action in actions:
        moved = [one for place, all_ in action.on.items() if (place in _IN_TISSUE) is tissue for one in all_]
        for target in moved:
            told = targets().get(target)
            if action.of_log and (courses[action.signal] == 1.0).all():
                continue  # it was given elsewhere
            if told is not None and ("added" in told or given.numbers.get(target) != 0.0):
                since = time >= begin
                yield _said(action, told, time[since], courses[action.signal][since], given.every)


def _known(name: str) -> bool:
    """Whether a drug's course follows from its doses and the filtration rate alone."""
    return set(drug_part(name).needs) <= {FILTRATION}


def _finely(given: Given, name: str) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Times (h), and what a drug's Part gives there, closer together than the outputs of a run.

    The filtration rate is its mean over the run.
    """
    model, kernel = _alone(name)
    end = float(given.time[-1])
    time = np.linspace(0.0, end, int(np.clip(end / _CLOSE, _FEWEST, _MOST)) + 1)
    numbers = dict(given.numbers)
    if FILTRATION in given.courses:
        numbers[f"{name}.{FILTRATION}"] = float(np.nanmean(given.courses[FILTRATION].values))
    doses = [dose for dose in given.doses if dose.drug == name]
    jumps, infusions = events(doses, model, dict(given.drugs), end)
    values = np.array([numbers[one] for one in model.parameters])
    start = np.zeros(len(model.states))
    lane = Lane(name, values, start=start, begin=0.0, end=end, jumps=jumps, infusions=infusions)
    found = solve(kernel, [lane], time, rtol=1e-6).signals[0]
    return time, dict(zip(kernel.system.observed, found.T, strict=True))


@cache
def _alone(name: str) -> tuple[Model, Kernel]:
    """A drug without a body, of which the filtration rate is a number."""
    part = drug_part(name)
    model = assemble([replace(part, needs={}, parameters={**part.parameters, **part.needs})])
    return model, compile_system(trace(model, list(model.signals)))


def _said(action: Action, told: Mapping[str, Any], time: np.ndarray, values: np.ndarray, every: float) -> str:
    if "added" in told:
        amount, rate = float(np.trapezoid(values, time)), action.unit.removesuffix("/h")
        whole = digits(abs(convert(amount, rate, told["unit"])))
        return f"{'added' if amount >= 0 else 'took away'} {whole} {told['unit']} of {told['added']}"
    share = values - 1.0 if action.times or action.of_log else values
    most = int(np.argmax(np.abs(share)))
    if abs(share[most]) < _HARDLY:
        return f"hardly moved {told['of']} (by at most {100 * abs(share[most]):.2g} %)"
    mean, peak = float(np.trapezoid(share, time) / (time[-1] - time[0])), float(share[most])
    said = f"{'raised' if mean > 0 else 'lowered'} {told['of']} by {per_cent(abs(mean))} on average"
    if abs(peak) < 1.1 * abs(mean):
        return said
    return f"{said} (most {on(float(time[most]), every)}, by {per_cent(abs(peak))})"
