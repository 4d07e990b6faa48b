"""Which changes are thought of in this person: as among the healthy, by disease, left open by a disease?"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from calcis.case import Case, packaged
from calcis.case.disease import Argument, Disease
from calcis.changes import apply, resolve
from calcis.individual.factors import Factor, factors, search
from calcis.individual.levels import Measured, Response
from calcis.units import convert, read_quantity

# The columns that a disease touches (None where any one of them is enough), and what it makes of them.
_Taken = tuple[frozenset[int] | None, Mapping[int, float]]

HEALTH, BEYOND, NAMED, ARGUMENT, ASIDE = "variation", "beyond", "disease", "argument", "aside"


@dataclass(frozen=True)
class Option:
    """One way to change a person's numbers, by an amount u that is 0 for no change.

    A number becomes centre·eᵘ, or centre + scale·u where there is a scale; `sets` are numbers that become
    something else whatever u is.  u has a prior around 0 with the standard deviation `spread`, is between the
    `ends`, and costs `price` if it is used.  Nobody lives with it for longer than `hours`.
    """

    name: str
    title: str
    sort: str  # among the healthy, beyond, a disease by name, argument of one, a lab set aside
    columns: tuple[int, ...]
    centre: tuple[float, ...]
    scale: float | None
    spread: float
    ends: tuple[float, float]
    price: float
    sets: tuple[tuple[int, float], ...] = ()
    hours: float = math.inf

    @property
    def touched(self) -> frozenset[int]:
        """Columns of all numbers that it changes."""
        return frozenset((*self.columns, *(column for column, _ in self.sets)))

    @property
    def numbers(self) -> dict[int, float]:
        """What it makes of them where u is 0."""
        return {**dict(zip(self.columns, self.centre, strict=True)), **dict(self.sets)}

    def apply(self, row: np.ndarray, amount: float) -> None:
        """Change a row of numbers in place."""
        for column, value in self.sets:
            row[column] = value
        for column, centre in zip(self.columns, self.centre, strict=True):
            row[column] = centre * math.exp(amount) if self.scale is None else centre + self.scale * amount


def options(case: Case, response: Response, apart: Collection[str] = ()) -> list[Option]:
    """All that may be changed in the person of a case.

    What the case itself gives stays; so does what a disease sets, but for arguments that the case left open.
    Diseases that are named `apart` are not thought of, nor is what they do under another name.
    """
    known = list(packaged().parameters(case.body))
    fixed = {resolve(change, known) for changes in case.changes for change in changes}
    found = [
        one
        for disease in case.diseases
        for name, argument in disease.arguments.items()
        if not _given(disease, argument)
        for one in _of_argument(
            disease, name, argument, response, [response.base[response.names.index(n)] for n in argument.sets]
        )
    ]
    named = list(_named(case, response, fixed, apart))
    for factor in factors().values():
        numbers = [name for name in factor.numbers if name in response.names]
        if numbers and not fixed.intersection(numbers):
            found += _of_factor(factor, numbers, response)
    taken: list[_Taken] = [(one.touched, one.numbers) for one in named]
    for name in apart:
        ill = apply(case.parameters(response.numbers), packaged().diseases[name].changes)
        for change in packaged().diseases[name].changes:
            if change.name in response.names:
                column = response.names.index(change.name)
                taken.append((None, {column: ill[change.name].value}))
    return [
        left
        for one in found
        for left in (_untaken(one, taken, response) if one.sort == BEYOND else one,)
        if left.ends[0] < left.ends[1]
    ] + named


def _untaken(one: Option, taken: Sequence[_Taken], response: Response) -> Option:
    """A change beyond health, in the directions alone in which no disease moves the same numbers."""
    low, high = one.ends
    for touched, numbers in taken:
        if touched is not None and touched != one.touched:
            continue
        for column in one.touched.intersection(numbers):
            normal = response.base[column] if one.scale is None else one.centre[0]
            low, high = (low, min(high, 0.0)) if numbers[column] > normal else (max(low, 0.0), high)
    return replace(one, ends=(low, high))


def _named(case: Case, response: Response, fixed: set[str], apart: Collection[str]) -> Iterator[Option]:
    """The diseases that the person may have beside those of the case, each with its first argument open."""
    own = case.parameters(response.numbers)
    mine = {*apart, *(disease.name for disease in case.diseases)}
    price = search()["price.change"].value + search()["price.disease"].value
    for disease in packaged().diseases.values():
        names = [change.name for change in disease.changes]
        away = disease.name in mine or case.body in disease.not_in or disease.lacking(response.numbers)
        if away or fixed.intersection(names) or not {*names} <= {*response.names}:
            continue
        ill = apply(own, disease.changes)
        sets = {response.names.index(name): ill[name].value for name in names}
        hours = search()["lived.consuming"].value if disease.never_steady else math.inf
        if not disease.arguments:
            title, ends = disease.title, (0.0, 0.0)
            yield Option(
                disease.name, title, NAMED, (), (), None, 1.0, ends, price, tuple(sets.items()), hours
            )
            continue
        name, argument = next(iter(disease.arguments.items()))
        centre = [sets.pop(response.names.index(number)) for number in argument.sets]
        for open_ in _of_argument(disease, name, argument, response, centre):
            title = f"{disease.title}, {open_.title}"
            yield replace(open_, title=title, sort=NAMED, price=price, sets=tuple(sets.items()), hours=hours)


def doubts(labs: Sequence[Measured]) -> list[Option]:
    """To set a lab aside as wrong: it moves no number."""
    price = search()["price.doubt"].value
    return [Option(one.lab, one.lab, ASIDE, (), (), None, 1.0, (0.0, 0.0), price) for one in labs]


def _given(disease: Disease, argument: Argument) -> bool:
    """Whether the case says how large an argument is."""
    packed = packaged().diseases[disease.name].changes
    return any(change.name in argument.sets and change not in packed for change in disease.changes)


def _of_argument(
    disease: Disease, name: str, argument: Argument, response: Response, centre: Sequence[float]
) -> Iterator[Option]:
    """What a disease left open: its sensible range is four deviations wide, and it may be worse than that."""
    columns = [response.names.index(number) for number in argument.sets]
    unit = response.model.parameters[argument.sets[0]]
    low, high = (convert(*read_quantity(str(end)), unit) for end in (argument.least, argument.most))
    centre = [float(value) for value in centre]
    known = [one for one in factors().values() if argument.sets[0] in one.numbers]
    known.sort(key=lambda one: {*argument.sets} != {*one.numbers}.intersection(response.names))
    least, most = _at_worst(known[0], argument.sets[0], low, high, response) if known else (low, high)
    if low > 0.0 and centre[0] > 0.0:
        ends = (math.log(least / centre[0]), math.log(most / centre[0]))
        spread, scale = math.log(high / low) / 4.0, None
    else:
        scale = (high - low) / 4.0
        ends, spread = ((least - centre[0]) / scale, (most - centre[0]) / scale), 1.0
    if ends[0] <= 0.0 <= ends[1]:
        named = f"{disease.name}.{name}"
        yield Option(named, argument.title, ARGUMENT, tuple(columns), tuple(centre), scale, spread, ends, 0.0)


def _at_worst(
    factor: Factor, number: str, low: float, high: float, response: Response
) -> tuple[float, float]:
    """The sensible range of a number in a disease, on the side away from normal as far as its factor goes."""
    own = response.numbers[number]
    unit = own.value if factor.scale is None else convert(*factor.scale, own.unit)
    if low >= own.value:
        return low, max(high, unit * factor.ends[1])
    return (min(low, unit * factor.ends[0]) if high <= own.value else low), high


def _of_factor(factor: Factor, numbers: list[str], response: Response) -> Iterator[Option]:
    columns = tuple(response.names.index(name) for name in numbers)
    price, disease = search()["price.change"].value, search()["price.disease"].value
    if factor.scale is not None:
        scale = convert(*factor.scale, response.model.parameters[numbers[0]])
        centre, ends = (0.0,) * len(columns), _within(factor.ends, numbers, response, scale)
        assert factor.beyond is not None
        yield Option(
            factor.name,
            factor.title,
            BEYOND,
            columns,
            centre,
            scale,
            factor.beyond,
            ends,
            price + disease,
        )
        return
    centre = tuple(float(response.base[column]) for column in columns)
    if min(centre) <= 0.0:
        return
    ends = _within(factor.ends, numbers, response, None)
    for sort, spread, cost in ((HEALTH, factor.spread, 0.0), (BEYOND, factor.beyond, disease)):
        if spread is not None:
            yield Option(
                f"{factor.name}.{sort}",
                factor.title,
                sort,
                columns,
                centre,
                None,
                spread,
                ends,
                price + cost,
            )


def _within(
    ends: tuple[float, float], numbers: list[str], response: Response, scale: float | None
) -> tuple[float, float]:
    """The ends of u: those of the factor, and within what the numbers can mean."""
    low, high = ends if scale is not None else (math.log(ends[0]), math.log(ends[1]))
    for name in numbers:
        number = response.numbers[name]
        if number.range is None:
            continue
        if scale is not None:
            low, high = max(low, number.range[0] / scale), min(high, number.range[1] / scale)
            continue
        centre = float(response.base[response.names.index(name)])
        if number.range[0] > 0.0:
            low = max(low, math.log(number.range[0] / centre))
        high = min(high, math.log(number.range[1] / centre))
    return low, high
