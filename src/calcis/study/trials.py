"""What would a trial have found?  Persons drawn around the case, let in by what was asked of patients.

An experiment with `patients` is a virtual trial: its quantities are means over persons, and shares of them.

    patients:
      entry: {calcium_plasma: above 3.0 mmol/L}     # at the start, of each person
      shares:
        normal: {calcium_plasma: below 10.8 mg/dL}  # gives `normal`, the share then, and `normal_by`, so far
        lower: {pth_plasma: below 70 %, of: start}

How near a simulated share is to be is the sampling error of the trial's own size: `within: [sampling 92]`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from calcis.case import Case, Treatment
from calcis.case.goal import START, read_bounds
from calcis.errors import nearest
from calcis.individual.ensemble import ensemble
from calcis.simulate.ensemble import Fared, Members, fare
from calcis.store import Series
from calcis.study.courses import Courses
from calcis.study.experiment import Experiment

SEED = 2011
_DRAWN = 4  # times as many persons are drawn as are let in, at least
_LEAST = 20  # persons who must be let in
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
    wanted = _wanted(experiment, signals, [*entry, *(one[0] for one in shares.values())])
    members = _let_in(experiment, case, entry)
    within = [time for time in asked if time <= case.run.duration]
    times = np.array(sorted({*case.run.times, *within}))
    fared = fare(case, members, wanted, times=times, threads=threads)
    arms = {arm: _series(fared, j, wanted, shares) for j, arm in enumerate(case.arms)}
    failures = {list(case.arms)[arm]: said for (_, arm), said in fared.failures.items()}
    return Courses(times, arms, failures)


def _series(
    fared: Fared, arm: int, wanted: Sequence[str], shares: Mapping[str, tuple[str, float, float, bool]]
) -> dict[str, Series]:
    found = {name: Series(fared.units[name], fared.courses[name][:, arm].mean(axis=0)) for name in wanted}
    for share, (name, low, high, relative) in shares.items():
        values = fared.courses[name][:, arm]
        values = values / values[:, :1] if relative else values
        inside = (values >= low) & (values <= high)
        inside[:, 0] = False  # nobody has answered before anything was done
        found[share] = Series("1", inside.mean(axis=0))
        found[f"{share}_by"] = Series("1", np.maximum.accumulate(inside, axis=1).mean(axis=0))
    return found


def _let_in(experiment: Experiment, case: Case, entry: Mapping[str, tuple[float, float]]) -> Members:
    """The first persons who are as asked at the start."""
    assert experiment.patients is not None
    count = experiment.patients.simulated
    drawn = ensemble(case, _DRAWN * count + 1, SEED)
    everybody = Members(drawn.names, drawn.values[1:], drawn.hours[1:], drawn.plainly)
    brief = replace(
        case,
        arms={"before": Treatment("before")},
        run=case.run.model_copy(update={"duration": _MOMENT, "every": _MOMENT}),
    )
    at_start = fare(brief, everybody, list(entry)).courses if entry else {}
    fit = np.ones(len(everybody.hours), bool)
    for name, (low, high) in entry.items():
        values = at_start[name][:, 0, 0]
        fit &= (values >= low) & (values <= high)
    chosen = np.flatnonzero(fit)[:count]
    if len(chosen) < min(_LEAST, count):
        got = f"{len(chosen)} of {len(fit)} persons drawn"
        expected = f"at least {_LEAST} persons of the case who fulfil the entry"
        raise experiment.document.error(_place(experiment, "entry"), expected, got)
    return replace(everybody, values=everybody.values[chosen], hours=everybody.hours[chosen])


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
    place = _place(experiment, *where)
    if name not in signals:
        near = nearest(name, signals)
        raise experiment.document.error(place, "a signal of the body", repr(name), near, key=True)
    low, high, _ = read_bounds(experiment.document, place, text, name, "1" if of else signals[name])
    return low, high


def _place(experiment: Experiment, *where: str) -> tuple[str | int, ...]:
    return (*experiment.where, "patients", *where)
