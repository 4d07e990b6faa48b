"""What would a trial have found?  Persons drawn around the case, let in by what was asked of patients.

An experiment with `patients` is a virtual trial: its quantities are means over persons, and shares of them.

    patients:
      entry: {calcium_plasma: above 3.0 mmol/L}     # at the start, of each person
      baseline: {calcium_plasma: {mean: 13.8 mg/dL, sd: 1.3 mg/dL}}  # at the start, of all who are let in
      shares:
        normal: {calcium_plasma: below 10.8 mg/dL}  # gives `normal`, the share then, and `normal_by`, so far
        lower: {pth_plasma: below 70 %, of: start}

A baseline (without `sd` if none was told) is given, so agreement with it says nothing: those let in are
chosen, and counted, so that they have it (calcis.study.baseline).  How near a simulated share is to be is
the sampling error of the trial's own size: `within: [sampling 92]`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from calcis.case import Case, Treatment
from calcis.case.goal import START, read_bounds, read_level
from calcis.errors import nearest
from calcis.individual.ensemble import ensemble
from calcis.simulate.ensemble import Fared, Members, fare
from calcis.store import Series
from calcis.study.baseline import taken, weights_of, worth
from calcis.study.courses import Courses
from calcis.study.experiment import Experiment
from calcis.study.form import Baseline

SEED = 2011
_DRAWN = 4  # times as many persons are drawn as are let in, at least
_LEAST = 20  # persons who must be let in, or to how many they must amount
_NEAR = 1e-3  # of a standard deviation: how near the baseline that was told must be reached
_MOMENT = 1e-3  # h, after which a start is looked at


def trial_courses(experiment: Experiment, asked: Sequence[float], *, threads: int | None = None) -> Courses:
    """Means over persons of every signal that is asked for, and shares of persons.

    Raises InputError, with place, for an entry or a share that means nothing, and where too few are let in.
    """
    case = experiment.phases[0].case
    assert experiment.patients is not None
    from calcis.simulate.person import body_model  # the body's signals and their units

    signals = body_model(case, False)[0].signals
    entry = {
        name: _read(experiment, ("entry", name), name, text, signals, "")
        for name, text in experiment.patients.entry.items()
    }
    shares = {}
    for share, given in experiment.patients.shares.items():
        of = given.get("of", "")
        named = [name for name in given if name != "of"]
        if len(named) != 1 or of not in ("", START):
            expected = "one quantity and where it is, and `of: start` if that is a share of the start"
            raise experiment.document.error(_place(experiment, "shares", share), expected, str(dict(given)))
        bounds = _read(experiment, ("shares", share, named[0]), named[0], given[named[0]], signals, of)
        shares[share] = (named[0], *bounds, bool(of))
    baseline = {
        name: _had(experiment, name, told, signals) for name, told in experiment.patients.baseline.items()
    }
    wanted = _wanted(experiment, signals, [*entry, *baseline, *(one[0] for one in shares.values())])
    members, counts = _let_in(experiment, case, entry, baseline)
    within = [time for time in asked if time <= case.run.duration]
    times = np.array(sorted({*case.run.times, *within}))
    fared = fare(case, members, wanted, times=times, threads=threads)
    arms = {arm: _series(fared, j, wanted, shares, counts) for j, arm in enumerate(case.arms)}
    failures = {list(case.arms)[arm]: said for (_, arm), said in fared.failures.items()}
    return Courses(times, arms, failures)


def _series(
    fared: Fared,
    arm: int,
    wanted: Sequence[str],
    shares: Mapping[str, tuple[str, float, float, bool]],
    counts: np.ndarray,
) -> dict[str, Series]:
    found = {name: Series(fared.units[name], counts @ fared.courses[name][:, arm]) for name in wanted}
    for share, (name, low, high, relative) in shares.items():
        values = fared.courses[name][:, arm]
        values = values / values[:, :1] if relative else values
        inside = (values >= low) & (values <= high)
        inside[:, 0] = False  # nobody has answered before anything was done
        found[share] = Series("1", counts @ inside)
        found[f"{share}_by"] = Series("1", counts @ np.maximum.accumulate(inside, axis=1))
    return found


def _let_in(
    experiment: Experiment,
    case: Case,
    entry: Mapping[str, tuple[float, float]],
    baseline: Mapping[str, tuple[float, float]],
) -> tuple[Members, np.ndarray]:
    """Persons who are as asked at the start, and what each of them counts, of sum 1."""
    assert experiment.patients is not None
    count = experiment.patients.simulated
    drawn = ensemble(case, _DRAWN * count + 1, SEED)
    everybody = Members(drawn.names, drawn.values[1:], drawn.hours[1:], drawn.plainly)
    brief = replace(
        case,
        arms={"before": Treatment("before")},
        run=case.run.model_copy(update={"duration": _MOMENT, "every": _MOMENT}),
    )
    asked = list(dict.fromkeys([*entry, *baseline]))
    started = fare(brief, everybody, asked)
    at_start = {name: one[:, 0, 0] for name, one in started.courses.items()}
    fit = np.ones(len(everybody.hours), bool)
    for name, (low, high) in entry.items():
        fit &= (at_start[name] >= low) & (at_start[name] <= high)
    for name in baseline:
        fit &= np.isfinite(at_start[name])
    chosen = np.flatnonzero(fit)
    if len(chosen) < min(_LEAST, count):
        got = f"{len(chosen)} of {len(fit)} persons drawn"
        expected = f"at least {_LEAST} persons of the case who fulfil the entry"
        raise experiment.document.error(_place(experiment, "entry"), expected, got)
    if not baseline:
        chosen = chosen[:count]
        return _some(everybody, chosen), np.full(len(chosen), 1.0 / len(chosen))
    values = np.array([at_start[name][chosen] for name in baseline]).T
    weights = _weights(experiment, values, baseline, started.units)
    ordered = np.argsort(values[:, 0], kind="stable")
    picked, counts = taken(weights[ordered], min(count, len(chosen)), np.random.default_rng(SEED))
    return _some(everybody, chosen[ordered[picked]]), counts


def _some(members: Members, which: np.ndarray) -> Members:
    return replace(members, values=members.values[which], hours=members.hours[which])


def _weights(
    experiment: Experiment,
    values: np.ndarray,
    baseline: Mapping[str, tuple[float, float]],
    units: Mapping[str, str],
) -> np.ndarray:
    """What each person counts so that together they are as the trial's patients were."""
    told = np.array(list(baseline.values())).T
    weights = weights_of(values, *told)
    if _reached(values, weights, *told):
        return weights
    each = [(values[:, [k]], told[:, [k]]) for k in range(len(baseline))]
    alone = [_reached(own, weights_of(own, *its), *its) for own, its in each]
    k = alone.index(False) if False in alone else len(alone) - 1
    name, own = list(baseline)[k], values[:, k]
    expected = f"a mean and deviation of which at least {_LEAST} persons drawn can be chosen"
    expected += ", with those above" if all(alone) and k else ""
    got = f"{own.mean():.3g} ± {own.std():.3g} {units[name]}, {own.min():.3g} to {own.max():.3g}, "
    got += "among those who are let in"
    raise experiment.document.error(_place(experiment, "baseline", name), expected, got)


def _reached(values: np.ndarray, weights: np.ndarray, means: np.ndarray, deviations: np.ndarray) -> bool:
    """Whether persons so weighed have these means and deviations, and amount to enough."""
    reached = weights @ values
    widths = np.sqrt(weights @ (values - reached) ** 2)
    near = _NEAR * np.where(np.isfinite(deviations), deviations, values.std(axis=0))
    missed = (np.abs(reached - means) > near) | (np.abs(widths - deviations) > near)
    return not missed.any() and worth(weights) >= _LEAST


def _had(
    experiment: Experiment, name: str, told: Baseline, signals: Mapping[str, str]
) -> tuple[float, float]:
    """Mean and standard deviation of a quantity, in the body's unit; NaN for one that was not told."""
    _known(experiment, ("baseline", name), name, signals)
    where = ("baseline", name)
    mean = read_level(experiment.document, _place(experiment, *where, "mean"), told.mean, name, signals[name])
    if told.sd is None:
        return mean, math.nan
    place = _place(experiment, *where, "sd")
    sd = read_level(experiment.document, place, told.sd, name, signals[name])
    if not sd > 0.0:
        raise experiment.document.error(place, "a standard deviation above 0, or none", repr(told.sd))
    return mean, sd


def _wanted(experiment: Experiment, signals: Mapping[str, str], more: Sequence[str]) -> list[str]:
    """The signals of the body that are asked for; what is none is refused when it is compared."""
    names = list(more)
    for said in experiment.observations:
        for measure in (said.form, said.form.over, said.form.minus):
            if measure is not None and measure.of is not None:
                names += [measure.of] if isinstance(measure.of, str) else list(measure.of)
    return [name for name in dict.fromkeys(names) if name in signals]


def _read(
    experiment: Experiment,
    where: tuple[str, ...],
    name: str,
    text: str,
    signals: Mapping[str, str],
    of: str,
) -> tuple[float, float]:
    _known(experiment, where, name, signals)
    place = _place(experiment, *where)
    low, high, _ = read_bounds(experiment.document, place, text, name, "1" if of else signals[name])
    return low, high


def _known(experiment: Experiment, where: tuple[str, ...], name: str, signals: Mapping[str, str]) -> None:
    if name not in signals:
        near = nearest(name, signals)
        place = _place(experiment, *where)
        raise experiment.document.error(place, "a signal of the body", repr(name), near, key=True)


def _place(experiment: Experiment, *where: str) -> tuple[str | int, ...]:
    return (*experiment.where, "patients", *where)
