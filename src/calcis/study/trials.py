"""What would a trial have found?  Persons drawn around the case, let in by what was asked of patients.

An experiment with `patients` is a virtual trial: its quantities are means over persons, and shares of them.

    patients:
      entry: {calcium_plasma: above 3.0 mmol/L}     # of each person, when they are let in
      baseline: {calcium_plasma: {mean: 13.8 mg/dL, sd: 1.3 mg/dL}}   # of all who are let in
      diseases: {osteolytic_metastases: 12, humoral_hypercalcaemia_of_malignancy: 13}  # how many had which
      at: 2 d                                       # let in then, not at the start of the run
      deposit: 700 mmol/L                           # apatite in everybody's lesion at the start of the run
      shares:
        normal: {calcium_plasma: below 10.8 mg/dL}  # gives `normal`, the share then, and `normal_by`, so far
        lower: {pth_plasma: below 70 %, of: start}
      titrated:                                     # one more arm: each person has the first that does enough
        raised: {arms: [low, middle, high], until: {calcium_plasma: below 10.3 mg/dL}, at: 84 d}

A baseline (without `sd` if none was told) is given, so agreement with it says nothing: those let in are
chosen, and counted, so that they have it (calcis.study.baseline).  What all arms give before `at` is prior
treatment: fluid, or a drug that did not help enough.  Who is titrated has the last dose from the start.
Of a case with a lesion `mineral_total` is a quantity as those of the body are.
Shares are of what is measured: laboratory and person vary (data/clinical/variation.yaml).  How near a
simulated share is to be is the sampling error of the trial's own size: `within: [sampling 92]`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from calcis.case import Case, Treatment
from calcis.clinical.labs import LABS
from calcis.individual.ensemble import ensemble
from calcis.individual.factors import lab_spread, variation
from calcis.results.store import Series
from calcis.simulate.ensemble import MINERAL, Fared, Members, fare
from calcis.study.baseline import taken, weights_of, worth
from calcis.study.courses import Courses
from calcis.study.experiment import Experiment
from calcis.study.patients import Patients, Titration, read_patients, refusal

SEED = 2011
APATITE = "mineral.apatite"  # of the lesion, mmol/L
_DRAWN = 4  # times as many persons are drawn as are let in, at least
_LEAST = 20  # persons who must be let in, or to how many they must amount
_NEAR = 1e-3  # of a standard deviation: how near the baseline that was told must be reached
_MOMENT = 1e-3  # h, for how long they are followed beyond the time when they are let in
_WEEK = 168.0  # h, over which a person stays above or below the own mean
_SAME = 1e-3  # how far arms may be apart when patients are let in


def trial_courses(experiment: Experiment, asked: Sequence[float], *, threads: int | None = None) -> Courses:
    """Means over persons of every signal that is asked for, and shares of persons.

    Raises InputError, with place, for an entry or a share that means nothing, and where too few are let in.
    """
    patients = read_patients(experiment, signals_of(experiment))
    return followed(experiment, patients, let_in(experiment, patients), asked, threads=threads)


def followed(
    experiment: Experiment,
    patients: Patients,
    persons: Sequence[tuple[Members, np.ndarray]],
    asked: Sequence[float],
    *,
    threads: int | None = None,
) -> Courses:
    """What becomes of those let in, kind by kind, each of whom counts so much."""
    case = experiment.phases[0].case
    wanted = _wanted(experiment, signals_of(experiment), patients.quantities)
    more = [*asked, patients.time, *(one.time for one in patients.titrated.values())]
    times = np.array(sorted({*case.run.times, *(time for time in more if time <= case.run.duration)}))
    total: dict[str, dict[str, Series]] = {}
    failures: dict[str, str] = {}
    for (own, _), (members, counts) in zip(experiment.kinds, persons, strict=True):
        fared = _fared(own, members, wanted, times, patients, threads)
        _same_before(experiment, patients, fared)
        each = {arm: {name: fared.courses[name][:, k] for name in wanted} for k, arm in enumerate(own.arms)}
        each |= {name: _titrated(titration, fared) for name, titration in patients.titrated.items()}
        for arm, courses in each.items():
            total[arm] = _added(total.get(arm, {}), _series(patients, courses, fared, counts))
        failures |= {list(own.arms)[arm]: said for (_, arm), said in fared.failures.items()}
    return Courses(times, total, failures)


def signals_of(experiment: Experiment) -> Mapping[str, str]:
    """The signals of the trial's body, with units, and the mineral of its lesion."""
    from calcis.simulate.person import body_model

    case = experiment.phases[0].case
    known = body_model(case, False)[0].signals
    return known if case.lesion is None else {**known, MINERAL: "mmol/L"}


def _fared(
    case: Case,
    members: Members,
    wanted: Sequence[str],
    times: np.ndarray,
    patients: Patients,
    threads: int | None = None,
) -> Fared:
    """How persons fare, with the deposit that they have."""
    held = {} if patients.deposit is None else {APATITE: patients.deposit}
    names = [name for name in wanted if name != MINERAL]
    return fare(case, members, names, times=times, threads=threads, held=held)


def _added(before: Mapping[str, Series], more: Mapping[str, Series]) -> dict[str, Series]:
    """Sums over persons of one kind, added to those of others."""
    found = {name: Series(one.unit, before[name].values + one.values) for name, one in more.items() if before}
    return found or dict(more)


def _series(
    patients: Patients, courses: Mapping[str, np.ndarray], fared: Fared, counts: np.ndarray
) -> dict[str, Series]:
    """Means of courses (person, time), and shares of persons by what is measured of them."""
    found = {name: Series(fared.units[name], counts @ values) for name, values in courses.items()}
    begin = int(np.searchsorted(fared.times, patients.time))
    for name, share in patients.shares.items():
        values = _measured(share.quantity, courses[share.quantity], fared.times - patients.time)
        values = values / values[:, [begin]] if share.of_start else values
        inside = (values >= share.low) & (values <= share.high)
        inside[:, : begin + 1] = False  # nobody has answered before anything was done
        found[name] = Series("1", counts @ inside)
        found[f"{name}_by"] = Series("1", counts @ np.maximum.accumulate(inside, axis=1))
    return found


def _measured(name: str, values: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Courses as a laboratory finds them: it and the person differ from week to week, and at the start."""
    lab = next((lab for lab, (quantity, _) in LABS.items() if quantity == name), None)
    if lab is None or lab not in {one.partition(".")[0] for one in variation()}:
        return values
    weeks = np.where(times > 0.0, 1 + np.floor(np.maximum(times, 0.0) / _WEEK), 0).astype(int)
    chance = np.random.default_rng([SEED, *name.encode()])
    off = chance.standard_normal((len(values), int(weeks.max()) + 1))
    return values * np.exp(lab_spread(lab, float(np.nanmedian(values))) * off[:, weeks])


def _titrated(titration: Titration, fared: Fared) -> dict[str, np.ndarray]:
    """The courses (person, time) of the arm that does enough for each person."""
    at = int(np.searchsorted(fared.times, titration.time))
    arms = list(titration.arms)
    reached = fared.courses[titration.quantity][:, arms, at]
    enough = (reached >= titration.low) & (reached <= titration.high)
    enough[:, -1] = True
    first = np.array(arms)[enough.argmax(axis=1)]
    return {name: values[np.arange(len(first)), first] for name, values in fared.courses.items()}


def _same_before(experiment: Experiment, patients: Patients, fared: Fared) -> None:
    """Refuse arms that are not the same until patients are let in."""
    at = int(np.searchsorted(fared.times, patients.time))
    for name in (*patients.entry, *patients.baseline):
        values = fared.courses[name][:, :, at]
        if np.nanmax(np.abs(values / values[:, [0]] - 1.0)) > _SAME:
            expected = f"arms that are the same until patients are let in, as {name} then shows"
            raise refusal(experiment, ("at",), expected, "others")


def let_in(experiment: Experiment, patients: Patients) -> list[tuple[Members, np.ndarray]]:
    """Persons of each kind who are as asked when they are let in, and what each counts, of sum 1 for all."""
    everybody, then = [], []
    units: Mapping[str, str] = {}
    for case, _ in experiment.kinds:
        members, found, units = _drawn(case, patients)
        everybody.append(members)
        then.append(found)
    kind = np.repeat(np.arange(len(then)), [len(one.hours) for one in everybody])
    values = {name: np.concatenate([one[name] for one in then]) for name in units}
    fit = np.ones(len(kind), bool)
    for name, (low, high) in patients.entry.items():
        fit &= (values[name] >= low) & (values[name] <= high)
    for name in patients.baseline:
        fit &= np.isfinite(values[name])
    chosen = np.flatnonzero(fit)
    for k, (case, _) in enumerate(experiment.kinds):
        many = int((kind[chosen] == k).sum())
        if many < min(_LEAST, patients.count):
            whom = " and ".join(one.name.replace("_", " ") for one in case.diseases) or "the case"
            got = f"{many} of {(kind == k).sum()} persons drawn"
            expected = f"at least {_LEAST} persons of {whom} who fulfil the entry"
            raise refusal(experiment, ("entry",), expected, got)
    asked = {name: values[name][chosen] for name in patients.baseline}
    weights = _weights(experiment, patients, asked, kind[chosen], units)
    order = np.lexsort((*list(asked.values())[:1], kind[chosen]))
    count = min(patients.count, len(chosen))
    picked, counts = taken(weights[order], count, np.random.default_rng(SEED))
    picked = chosen[order[picked]]
    first = np.cumsum([0, *(len(one.hours) for one in everybody)])
    return [
        (members.some(picked[kind[picked] == k] - first[k]), counts[kind[picked] == k])
        for k, members in enumerate(everybody)
    ]


def _drawn(case: Case, patients: Patients) -> tuple[Members, dict[str, np.ndarray], Mapping[str, str]]:
    """Persons of a case, and what they have when they would be let in, with units."""
    drawn = ensemble(case, _DRAWN * patients.count + 1, SEED)
    members = drawn.members.some(slice(1, None))
    asked = list(dict.fromkeys([*patients.entry, *patients.baseline]))
    before = _before(next(iter(case.arms.values())), patients.time) if patients.time else Treatment("before")
    times = np.unique([0.0, patients.time, patients.time + _MOMENT])
    run = case.run.model_copy(update={"duration": float(times[-1]), "every": float(times[-1])})
    started = _fared(replace(case, arms={"before": before}, run=run), members, asked, times, patients)
    return members, {name: one[:, 0, -2] for name, one in started.courses.items()}, started.units


def _before(arm: Treatment, end: float) -> Treatment:
    """What an arm gives until then."""
    doses = (replace(one, times=tuple(time for time in one.times if time < end)) for one in arm.doses)
    return replace(arm, doses=tuple(dose for dose in doses if dose.times))


def _weights(
    experiment: Experiment,
    patients: Patients,
    values: Mapping[str, np.ndarray],
    kind: np.ndarray,
    units: Mapping[str, str],
) -> np.ndarray:
    """What each person counts so that together they are as the trial's patients were."""
    # How many are of a kind is one more mean that is told.
    shares = [share for _, share in experiment.kinds][:-1]
    columns = [*values.values(), *(np.asarray(kind == k, float) for k in range(len(shares)))]
    told = [*patients.baseline.values(), *((share, np.nan) for share in shares)]
    if not told:
        return np.full(len(kind), 1.0 / len(kind))
    table, means, deviations = np.array(columns).T, *np.array(told).T
    weights = weights_of(table, means, deviations)
    if _reached(table, weights, means, deviations):
        return weights
    alone = [
        _reached(one[:, None], weights_of(one[:, None], mean, deviation), mean, deviation)
        for one, mean, deviation in zip(columns, means[:, None], deviations[:, None], strict=True)
    ]
    k = min(alone.index(False) if False in alone else len(values) - 1, len(values) - 1)
    name, own = list(values)[k], columns[k]
    expected = f"a mean and deviation of which at least {_LEAST} persons drawn can be chosen"
    expected += ", with the others" if all(alone) and len(told) > 1 else ""
    got = f"{own.mean():.3g} ± {own.std():.3g} {units[name]}, {own.min():.3g} to {own.max():.3g}, "
    got += "among those who are let in"
    raise refusal(experiment, ("baseline", name), expected, got)


def _reached(values: np.ndarray, weights: np.ndarray, means: np.ndarray, deviations: np.ndarray) -> bool:
    """Whether persons so weighed have these means and deviations, and amount to enough."""
    reached = weights @ values
    widths = np.sqrt(weights @ (values - reached) ** 2)
    near = _NEAR * np.where(np.isfinite(deviations), deviations, values.std(axis=0))
    missed = (np.abs(reached - means) > near) | (np.abs(widths - deviations) > near)
    return not missed.any() and worth(weights) >= _LEAST


def _wanted(experiment: Experiment, signals: Mapping[str, str], more: Sequence[str]) -> list[str]:
    """The signals of the body that are asked for; what is none is refused when it is compared."""
    names = list(more)
    for said in experiment.observations:
        for measure in (said.form, said.form.over, said.form.minus):
            if measure is not None and measure.of is not None:
                names += [measure.of] if isinstance(measure.of, str) else list(measure.of)
    return [name for name in dict.fromkeys(names) if name in signals]
