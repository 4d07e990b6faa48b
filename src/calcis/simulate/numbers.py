"""Which numbers does a run use, in every arm, and which of them differ between arms?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from calcis.body import set_by_person
from calcis.case import Case
from calcis.case.tissues import Tissue
from calcis.changes import resolve
from calcis.parameters import Parameter
from calcis.part import Model
from calcis.units import convert


class Numbers:
    """The parameters of a case and of each of its arms; remembers which were used."""

    def __init__(self, case: Case, everything: Mapping[str, Parameter]) -> None:
        personal = {**everything, **_of_person(case, everything)}
        self._of_case = case.parameters(personal)
        self._of_arm = {name: case.parameters(personal, name) for name in case.arms}
        self._used: set[str] = set()
        self._case, self._all = case, personal
        self._of_organs: dict[str, Parameter] = {}

    @property
    def known(self) -> tuple[str, ...]:
        """Every dotted name."""
        return tuple(self._all)

    def of_model(self, arm: str, model: Model) -> dict[str, float]:
        """Values of a model's parameters in an arm, by dotted name, in the units of its laws."""
        self._used.update(model.parameters)
        return {name: self._of_arm[arm][name].value for name in model.parameters}

    def of_organ(self, arm: str, organ: Tissue, model: Model) -> dict[str, float]:
        """The same in an organ, whose own numbers take the place of those of the lesion's tissue."""
        self._used.update(model.parameters)
        found = self._case.parameters(self._all, arm, organ)
        for change in organ.changes:
            name = resolve(change, self._all)
            self._of_organs.setdefault(f"{organ.name}.{name}", found[name])
        if organ.volume is not None:
            self._of_organs[organ.volume.name] = organ.volume
        return {name: found[name].value for name in model.parameters}

    def shared(self, model: Model) -> dict[str, float]:
        """The same before any arm's changes."""
        self._used.update(model.parameters)
        return {name: self._of_case[name].value for name in model.parameters}

    def of_part(self, arm: str, part: str) -> dict[str, float]:
        """Values in an arm of all numbers of one part, by dotted name."""
        names = [name for name in self._of_case if name.partition(".")[0] == part]
        self._used.update(names)
        return {name: self._of_arm[arm][name].value for name in names}

    def of_arm(self, arm: str) -> dict[str, float]:
        """Values in an arm of every number, by dotted name."""
        return {name: one.value for name, one in self._of_arm[arm].items()}

    @property
    def used(self) -> tuple[Parameter, ...]:
        """The numbers used so far, as the case has them before any arm's changes; those of organs behind.

        An organ's are named `organ.part.name`, and are those of the first arm.
        """
        shared = [self._of_case[name] for name in sorted(self._used)]
        own = [replace(one, name=name) for name, one in self._of_organs.items()]
        return (*shared, *own)

    def changed(self, arm: str) -> tuple[Parameter, ...]:
        """The used numbers in which an arm differs from the case."""
        mine = self._of_arm[arm]
        return tuple(mine[name] for name in sorted(self._used) if mine[name] != self._of_case[name])


def _of_person(case: Case, everything: Mapping[str, Parameter]) -> dict[str, Parameter]:
    """The parameters that the case's person sets."""
    found = {}
    for name, what in set_by_person(case.body).items():
        years: float = getattr(case.person, what)
        value = convert(years, "y", everything[name].unit)
        found[name] = replace(
            everything[name],
            value=value,
            shown=(years, "y"),
            kind="given",
            source="",
            changed_by=f"the person's {what}",
        )
    return found
