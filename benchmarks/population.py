"""How many patient-years a second, at equal error, against libRoadRunner?

    python benchmarks/population.py [--persons 1000] [--rounds 5] [--cores 1 2]

The same persons and equations (our SBML) on both sides, every state at 366 outputs; each side over a
range of its own tolerances; best of interleaved rounds, on one core and on two.  Groups: everybody;
those who never cross the jump in the published laws; those who cross no corner of any law.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from machine import machine
from peer import LLJIT, MCJIT, PIN, Peer, Tolerance
from persons import PERSONAL, SEED, TIMES, WORK, Population, Timing, errors, population, timed
from reference import CORNERS, RTOL, Reference, reference

from calcis.exchange.sbml import sbml_text
from calcis.solve.kernel import Kernel, compile_system
from calcis.solve.system import trace

OURS = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8)
PEERS = (1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10)
FLOORS = (None, 1e-4, 1e-7)  # absolute over relative tolerance: own scales, or one for all states
LEVELS = (1e-4, 1e-5, 1e-6, 1e-7, 1e-8)
SCOUTS = 200  # persons on whom the peer's settings are chosen


@dataclass
class Point:
    """One side at one tolerance: seconds of every round, and what the courses were worth."""

    rtol: float
    persons: int
    timings: list[Timing] = field(default_factory=list)
    largest: float = np.nan
    median: float = np.nan

    def judge(self, states: np.ndarray, truth: Reference, scales: np.ndarray, first: int = 0) -> None:
        """Take the errors of persons from `first` on: the largest and the median person's."""
        found = errors(states, truth.states[first : first + len(states)], scales)
        self.largest, self.median = float(found.max()), float(np.median(found))

    @property
    def per_second(self) -> float:
        """Patient-years a second, in the best round."""
        return self.persons / min(timing.wall for timing in self.timings)

    @property
    def per_cpu_second(self) -> float:
        """The same over processor time."""
        return self.persons / min(timing.cpu for timing in self.timings)


@dataclass(frozen=True)
class Match:
    """Who meets whom: persons smooth ones first, the truth about them, and the peer's settings."""

    people: Population
    truth: Reference
    groups: dict[str, int]  # name -> how many persons, from the first
    kernel: Kernel
    sbml: str
    backend: int = LLJIT
    floors: dict[float, float | None] = field(default_factory=dict)


def ordered(people: Population, truth: Reference) -> tuple[Population, Reference, dict[str, int]]:
    """Persons who cross no corner first, then those who cross kinks, then those who cross the jump."""
    jump, corner = truth.crossed[:, 0], truth.crossed.any(axis=1)
    order = np.argsort(jump.astype(int) + corner, kind="stable")
    groups = {"everybody": len(order), "no jump": int((~jump).sum()), "smooth": int((~corner).sum())}
    truth = replace(truth, states=truth.states[order], crossed=truth.crossed[order])
    return replace(people, table=people.table[order]), truth, groups


def scouted(match: Match) -> Match:
    """With the peer's best back end, and its best absolute tolerance for each relative one.

    Tried on persons half of whom cross kinks and none the jump; the best is the setting farthest
    above the curves of the others at the error it reaches.
    """
    last = min(match.groups["no jump"], match.groups["smooth"] + SCOUTS // 2)
    first = max(0, last - SCOUTS)
    cpu, found = {}, {}
    for backend in (MCJIT, LLJIT):
        peer = Peer(match.people, match.sbml, 1, backend)
        cpu[backend] = min(peer.run(first, last, Tolerance(1e-7, None))[0].cpu for _ in range(3))
        for floor in FLOORS if backend == LLJIT else ():
            found[floor] = [Point(rtol, last - first) for rtol in PEERS]
            for point in found[floor]:
                timing, states = peer.run(first, last, Tolerance(point.rtol, floor), save=True)
                assert states is not None
                point.timings.append(timing)
                point.judge(states, match.truth, match.people.scales, first)
        peer.close()
    best = {}
    for k, rtol in enumerate(PEERS):
        lead = {}
        for floor in FLOORS:
            point = found[floor][k]
            others = [at_error(found[other], point.largest, cpu=True) for other in FLOORS if other != floor]
            lead[floor] = point.per_cpu_second / max([speed for speed in others if speed] or [np.inf])
        best[rtol] = max(FLOORS, key=lambda floor: lead[floor])
    return replace(match, backend=min(cpu, key=lambda backend: cpu[backend]), floors=best)


def at_error(points: Sequence[Point], level: float, kind: str = "largest", cpu: bool = False) -> float | None:
    """Throughput at an error, between measured points on logarithmic axes; None outside them.

    Points that another one beats in both are left out.
    """
    efficient, fastest = [], 0.0
    for point in sorted(points, key=lambda point: getattr(point, kind)):
        speed = point.per_cpu_second if cpu else point.per_second
        if speed > fastest:
            efficient.append((getattr(point, kind), speed))
            fastest = speed
    x, y = np.log(np.array(efficient)).T
    if not x[0] <= np.log(level) <= x[-1]:
        return None
    return float(np.exp(np.interp(np.log(level), x, y)))


def meet(match: Match, peer: Peer, group: str, cores: int, rounds: int) -> tuple[list[Point], list[Point]]:
    """Both sides at all their tolerances, a run of ours and a run of the peer's in turn."""
    count = match.groups[group]
    people = replace(match.people, table=match.people.table[:count])
    ours, theirs = [Point(rtol, count) for rtol in OURS], [Point(rtol, count) for rtol in PEERS]
    timed(people, match.kernel, 1e-6, cores)
    for number in range(rounds):
        for own, other in zip(ours, theirs, strict=True):
            timing, solution = timed(people, match.kernel, own.rtol, cores)
            own.timings.append(timing)
            tolerance = Tolerance(other.rtol, match.floors[other.rtol])
            timing, courses = peer.run(0, count, tolerance, save=number == 0)
            other.timings.append(timing)
            if courses is not None:
                own.judge(solution.states, match.truth, people.scales)
                other.judge(courses, match.truth, people.scales)
    return ours, theirs


def show(ours: list[Point], theirs: list[Point]) -> dict[str, dict[str, float | None]]:
    """Print both sides, and the ratios at equal error, which come back."""
    print(f"{'':14}{'rtol':>8}{'/s':>9}{'/cpu s':>9}{'largest error':>15}{'median':>9}")
    for name, points in (("Calcis", ours), ("libRoadRunner", theirs)):
        for one in points:
            speeds = f"{one.per_second:9.0f}{one.per_cpu_second:9.0f}"
            print(f"{name:14}{one.rtol:8.0e}{speeds}{one.largest:15.1e}{one.median:9.1e}")
    ratios: dict[str, dict[str, float | None]] = {}
    print(f"{'throughput ratio at equal error':34}" + "".join(f"{level:8.0e}" for level in LEVELS))
    for kind, cpu in (("largest", False), ("largest", True), ("median", False)):
        name = f"{kind} error" + (", by processor time" if cpu else "")
        ratios[name] = {}
        for level in LEVELS:
            own, other = (at_error(side, level, kind, cpu) for side in (ours, theirs))
            ratios[name][f"{level:g}"] = None if own is None or other is None else own / other
        shown = ("       -" if ratio is None else f"{ratio:8.1f}" for ratio in ratios[name].values())
        print(f"  {name:32}" + "".join(shown), flush=True)
    return ratios


def main() -> None:
    """Measure, print, and write .work/population.json."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--persons", type=int, default=1000)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--cores", type=int, nargs="*", default=[1, 2])
    asked = options.parse_args()
    people = population(asked.persons)
    print("reference: from .work/, or some minutes on both cores", flush=True)
    people, truth, groups = ordered(people, reference(people))
    begun = time.perf_counter()
    kernel = compile_system(trace(people.model))
    found: dict[str, object] = {"machine": machine(), "kernel_s": time.perf_counter() - begun}
    sbml = sbml_text(people.model, people.numbers, title="Peterson and Riggs 2010")
    match = scouted(Match(people, truth, groups, kernel, sbml))
    crossing = {name: int(count) for name, count in zip(CORNERS, truth.crossed.sum(axis=0), strict=True)}
    found |= {
        "seed": SEED, "varied": PERSONAL, "outputs": len(TIMES), "groups": groups, "crossing": crossing,
        "reference": f"Radau at {RTOL:g}; differs from ten times tighter by {truth.doubt:.0e}",
        "peer": f"{PIN}, {'LLJIT' if match.backend == LLJIT else 'MCJIT'}",
        "peer's absolute over relative tolerance": {f"{r:g}": floor for r, floor in match.floors.items()},
    }  # fmt: skip
    for key, value in found.items():
        print(f"{key}: {value}")
    results = []
    for cores in asked.cores:
        peer = Peer(people, sbml, cores, match.backend)
        for group, count in groups.items():
            print(f"\n{cores} core{'s' * (cores > 1)}, {group}: {count} patient-years", flush=True)
            ours, theirs = meet(match, peer, group, cores, asked.rounds)
            sides = {"Calcis": [_plain(p) for p in ours], "libRoadRunner": [_plain(p) for p in theirs]}
            results.append({"cores": cores, "group": group, "ratios": show(ours, theirs), **sides})
        peer.close()
    (WORK / "population.json").write_text(
        json.dumps({**found, "results": results}, indent=1), encoding="utf-8"
    )


def _plain(point: Point) -> dict[str, object]:
    return {
        "rtol": point.rtol,
        "per_second": point.per_second,
        "per_cpu_second": point.per_cpu_second,
        "largest_error": point.largest,
        "median_error": point.median,
        "wall_s": [timing.wall for timing in point.timings],
    }


if __name__ == "__main__":
    main()
