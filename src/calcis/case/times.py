"""Do outputs and the injury of a case fit into its run?"""

from __future__ import annotations

from calcis.case.form import CaseForm, Injury
from calcis.reading import Document, shown

_MOST_INJURIES = 1000  # of a lesion in a run
_MOST_OUTPUTS = 200_000  # output times of all arms together: about a gigabyte of courses


def check_times(document: Document, form: CaseForm) -> None:
    """Raises InputError, with place, for outputs or an injury that do not fit into the run."""
    run, lesion = form.run, form.lesion
    injury = None if lesion is None else lesion.injury
    if run.every > run.duration:
        end = document.data["run"]["duration"]
        got = shown(document.data["run"]["every"])
        raise document.error(("run", "every"), f"at most the duration of the run, {end}", got)
    outputs = run.duration / run.every * len(form.arms)
    if outputs > _MOST_OUTPUTS:
        expected = f"at most {_MOST_OUTPUTS} output times in all arms together"
        raise document.error(("run", "every"), expected, f"{outputs:.3g}")
    if injury is not None and injury.at >= run.duration:
        at, end = document.data["lesion"]["injury"]["at"], document.data["run"]["duration"]
        where = ("lesion", "injury", "at")
        raise document.error(where, f"an injury before the end of the run at {end}", shown(at))
    if injury is not None:
        _check_repeats(document, form, injury)


def _check_repeats(document: Document, form: CaseForm, injury: Injury) -> None:
    """Refuse an injury that returns too often, before it is over, or nobody says when."""
    given = document.data["lesion"]["injury"]
    if injury.times is not None and injury.every is None:
        where = ("lesion", "injury", "times")
        raise document.error(where, "`every` with `times`", "no `every`", key=True)
    if injury.every is None:
        return
    where = ("lesion", "injury", "every")
    if injury.lasts is not None and injury.lasts >= injury.every:
        expected = f"longer than the injury lasts, {given['lasts']}"
        raise document.error(where, expected, shown(given["every"]))
    if len(injury.moments(form.run.duration)) > _MOST_INJURIES:
        expected = f"at most {_MOST_INJURIES} injuries in a run"
        raise document.error(where, expected, shown(given["every"]))
