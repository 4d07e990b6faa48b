"""Is the model right about people, animals and cultures?  Every experiment, run and compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from calcis.case import Vocabulary
from calcis.errors import InputError, nearest
from calcis.study.courses import Courses, courses
from calcis.study.dissolved import dissolved
from calcis.study.experiment import Experiment, experiment_files, read_experiments
from calcis.study.trials import trial_courses
from calcis.study.verdict import Verdict, asked_times, verdict

Progress = Callable[[str, float], None]  # what is being done, and how much of it is done, 0 to 1


@dataclass(frozen=True)
class Validation:
    """All verdicts, in the order of the experiments and their observations."""

    verdicts: tuple[Verdict, ...]

    @property
    def surprises(self) -> tuple[Verdict, ...]:
        """What failed without being known to, or passed though it is said to fail."""
        return tuple(one for one in self.verdicts if not one.as_expected)

    @property
    def passed(self) -> bool:
        """Whether all passed that were not declared to fail, and none of those."""
        return not self.surprises


def choose(name: str | None = None, experiments: Iterable[Experiment] | None = None) -> list[Experiment]:
    """The experiments that come with Calcis (or those given) whose file, name or title has `name` in it.

    The name of a YAML file means the experiments in it.  Raises InputError where there is none.
    """
    if name is not None and Path(name).suffix in (".yaml", ".yml"):
        return read_experiments(name)
    if experiments is None:
        experiments = [one for path in experiment_files() for one in read_experiments(path)]
    known = list(experiments)
    wanted = (name or "").lower()
    found = [one for one in known if wanted in f"{one.group}/{one.name} {one.title}".lower()]
    if not found:
        names = [*dict.fromkeys(one.group for one in known), *(one.name for one in known)]
        raise InputError(
            "the name of an experiment, or a part of it", repr(name), nearest=nearest(wanted, names)
        )
    return found


def validate(
    experiments: Sequence[Experiment],
    *,
    progress: Progress | None = None,
    threads: int | None = None,
    vocabulary: Vocabulary | None = None,
) -> Validation:
    """Run the experiments, those with the same case once, and compare.

    Raises InputError, with place, for an observation that does not fit its run.
    """
    groups: dict[str, list[Experiment]] = {}
    for one in experiments:
        groups.setdefault(one.key, []).append(one)
    found: dict[str, Courses] = {}
    for done, (key, some) in enumerate(groups.items()):
        if progress is not None:
            progress(some[0].title[:60], done / len(groups))
        if some[0].fluids:
            found[key] = dissolved(some[0].fluids)
            continue
        if some[0].patients is not None:
            times = [time for one in some for time in asked_times(one)]
            found[key] = trial_courses(some[0], times, threads=threads)
            continue
        asked = [time for one in some for time in asked_times(one)]
        found[key] = courses(some[0], asked, vocabulary=vocabulary, threads=threads)
    return Validation(
        tuple(verdict(one, said, found[one.key]) for one in experiments for said in one.observations)
    )
