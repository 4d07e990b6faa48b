"""What does a file ask of the patients of a virtual trial?  Read, or refused with its place."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from calcis.case.goal import START, read_bounds, read_level
from calcis.errors import InputError, nearest
from calcis.parameters import data_path, read_parameters, read_source, reference_keys
from calcis.study.experiment import Experiment
from calcis.study.form import Baseline, Titrated
from calcis.wording import span


@dataclass(frozen=True)
class Share:
    """Persons of whom `quantity` is between `low` and `high`, or is so as a share of the start."""

    quantity: str
    low: float
    high: float
    of_start: bool


@dataclass(frozen=True)
class Titration:
    """The first of `arms` in which `quantity` is between `low` and `high` at `time` (h), or the last."""

    arms: tuple[int, ...]
    quantity: str
    low: float
    high: float
    time: float


@dataclass(frozen=True)
class Patients:
    """Who is let in, and of what something is told.

    entry: lowest and highest value of each person at `time` (h); baseline: mean and standard deviation (NaN
    where none was told) of all who are let in; deposit: what everybody's lesion holds of apatite, mmol/L.
    In the units of the body.
    """

    count: int
    time: float
    entry: Mapping[str, tuple[float, float]]
    baseline: Mapping[str, tuple[float, float]]
    shares: Mapping[str, Share]
    titrated: Mapping[str, Titration]
    deposit: float | None = None

    @property
    def quantities(self) -> list[str]:
        """All signals of the body that are looked at."""
        shares = [one.quantity for one in self.shares.values()]
        titrated = [one.quantity for one in self.titrated.values()]
        return list(dict.fromkeys([*self.entry, *self.baseline, *shares, *titrated]))


def read_patients(experiment: Experiment, signals: Mapping[str, str]) -> Patients:
    """The patients of a trial; `signals` of its body, with units."""
    given = experiment.patients
    assert given is not None
    case = experiment.phases[0].case
    if not given.at < case.run.duration:
        expected = f"a time before the run's end at {span(case.run.duration)}"
        raise refusal(experiment, ("at",), expected, span(given.at))
    return Patients(
        given.simulated,
        given.at,
        {name: _bounds(experiment, ("entry", name), text, signals) for name, text in given.entry.items()},
        {name: _had(experiment, name, told, signals) for name, told in given.baseline.items()},
        {name: _share(experiment, name, told, signals) for name, told in given.shares.items()},
        {
            name: _titration(experiment, name, told, signals, given.at)
            for name, told in given.titrated.items()
        },
        _deposit(experiment, given.deposit),
    )


def refusal(
    experiment: Experiment, where: tuple[str | int, ...], expected: str, got: str, near: str | None = None
) -> InputError:
    """A complaint about something under `patients`."""
    return experiment.document.error((*experiment.where, "patients", *where), expected, got, near)


def _share(experiment: Experiment, name: str, given: Mapping[str, str], signals: Mapping[str, str]) -> Share:
    of = given.get("of", "")
    named = [key for key in given if key != "of"]
    if len(named) != 1 or of not in ("", START):
        expected = "one quantity and where it is, and `of: start` if that is a share of the start"
        raise refusal(experiment, ("shares", name), expected, str(dict(given)))
    low, high = _bounds(experiment, ("shares", name, named[0]), given[named[0]], signals, bool(of))
    return Share(named[0], low, high, bool(of))


def _titration(
    experiment: Experiment, name: str, given: Titrated, signals: Mapping[str, str], begin: float
) -> Titration:
    case, where = experiment.phases[0].case, ("titrated", name)
    arms = list(case.arms)
    if name in arms:
        raise refusal(experiment, where, "a name that no arm of the case has", repr(name))
    for k, arm in enumerate(given.arms):
        if arm not in arms:
            place = (*where, "arms", k)
            raise refusal(experiment, place, "an arm of the case", repr(arm), nearest(arm, arms))
    if len(given.until) != 1:
        expected = "one quantity and where it should be"
        raise refusal(experiment, (*where, "until"), expected, str(dict(given.until)))
    if not begin < given.at <= case.run.duration:
        expected = f"a time after patients are let in, up to the run's end at {span(case.run.duration)}"
        raise refusal(experiment, (*where, "at"), expected, span(given.at))
    [(quantity, text)] = given.until.items()
    low, high = _bounds(experiment, (*where, "until", quantity), text, signals)
    return Titration(tuple(arms.index(arm) for arm in given.arms), quantity, low, high, given.at)


def _had(
    experiment: Experiment, name: str, told: Baseline, signals: Mapping[str, str]
) -> tuple[float, float]:
    """Mean and standard deviation of a quantity, in the body's unit; NaN for one that was not told."""
    _known(experiment, ("baseline", name), signals)
    if told.source is not None:
        place = (*experiment.where, "patients", "baseline", name, "source")
        read_source(experiment.document, place, reference_keys())

    def value(key: str, text: str) -> float:
        place = (*experiment.where, "patients", "baseline", name, key)
        return read_level(experiment.document, place, text, name, signals[name])

    mean = value("mean", told.mean)
    if told.sd is None:
        return mean, math.nan
    sd = value("sd", told.sd)
    if not sd > 0.0:
        raise refusal(
            experiment, ("baseline", name, "sd"), "a standard deviation above 0, or none", repr(told.sd)
        )
    return mean, sd


def _deposit(experiment: Experiment, text: str | None) -> float | None:
    """Apatite at the start, mmol/L, of a case that has a lesion, and no more than may be there."""
    if text is None:
        return None
    case = experiment.phases[0].case
    if case.lesion is None:
        raise refusal(experiment, ("deposit",), "a case with a lesion, for it", "none")
    place = (*experiment.where, "patients", "deposit")
    found = read_level(experiment.document, place, text, "deposit", "mmol/L")
    most = read_parameters(data_path("tissue", "mineral.yaml"))["mineral.mineral_highest"].value
    if not 0.0 < found <= most:
        expected = f"apatite of more than 0 and at most {most:g} mmol/L of tissue"
        raise refusal(experiment, ("deposit",), expected, repr(text))
    return found


def _bounds(
    experiment: Experiment,
    where: tuple[str, ...],
    text: str,
    signals: Mapping[str, str],
    of_start: bool = False,
) -> tuple[float, float]:
    """Where the quantity that a place ends with should be."""
    _known(experiment, where, signals)
    unit = "1" if of_start else signals[where[-1]]
    place = (*experiment.where, "patients", *where)
    low, high, _ = read_bounds(experiment.document, place, text, where[-1], unit)
    return low, high


def _known(experiment: Experiment, where: tuple[str, ...], signals: Mapping[str, str]) -> None:
    name = where[-1]
    if name not in signals:
        near = nearest(name, signals)
        place = (*experiment.where, "patients", *where)
        raise experiment.document.error(place, "a signal of the body", repr(name), near, key=True)
