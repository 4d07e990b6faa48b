"""What holds mineral back, by how much, and how do several inhibitors add up?

Two effects, each with its own half dose, in data/chemistry/inhibitors.yaml:

- the threshold of nucleation rises by lg(1 + Σ cᵢ/Kᵢ);
- crystals grow at 1 - Σ eᵢ·xᵢ/(1 + Σ xⱼ) of their rate, xᵢ = cᵢ/Kᵢ: inhibitors compete for the same sites
  (Langmuir), each takes the share eᵢ of growth away from the sites that it holds.

So doses add.  Magnesium with triphosphate held amorphous phosphate 90 % longer than that
(amorphous_phosphate_synergy), which this leaves out.  What precipitates by itself, without anything to
nucleate on, inhibitors were found not to hold back (precipitation_in_vitro): the shift is of nucleation on
something.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from calcis.elementary import Value, exp, log10, maximum
from calcis.errors import InputError
from calcis.parameters import Parameter, data_path, read_parameters

_LEAST = 1e-12  # mmol/L; a capacity below this is none
_GROWTH = {"half_growth": "mmol/L"}
_BOTH = {"half_growth": "mmol/L", "half_nucleation": "mmol/L"}
_UNITS = {
    "pyrophosphate": _BOTH
    | {"half_conversion": "mmol/L", "hydrolysis_half": "mmol/L", "plasma_half_life": "h"},
    "magnesium": _BOTH | {"half_conversion": "mmol/L"},
    "citrate": _BOTH,
    "serum": {"half_growth": "1"},
    "fetuin": {"calcium_per_fetuin": "1", "ripening_time": "h"},
    "osteopontin": {"half_growth": "mg/L", "unphosphorylated": "1"},
    "osteocalcin": {"half_nucleation": "mg/L"},
    "matrix_gla_protein": {"half_nucleation": "mg/L", "uncarboxylated": "1"},
    "fytate": _BOTH | {"efficacy": "1"},
    "etidronate": _BOTH,
    "clodronate": _GROWTH,
    "risedronate": _GROWTH,
    "ibandronate": _GROWTH,
    "alendronate": _GROWTH,
    "zoledronate": _GROWTH,
}


@dataclass(frozen=True)
class Inhibitor:
    """Half doses of one inhibitor, infinite where no such effect is known, and the share that it can take.

    Concentrations are mmol/L, of proteins mg/L, of serum a share: the unit of its half doses.
    """

    name: str
    half_growth: float
    half_nucleation: float
    efficacy: float
    unit: str


@cache
def inhibitors() -> Mapping[str, Inhibitor]:
    """Every inhibitor by name, from data/chemistry/inhibitors.yaml."""
    numbers = constants()
    names = dict.fromkeys(name.partition(".")[0] for name in numbers if ".half_" in name)
    return MappingProxyType({name: _read(name, numbers) for name in names})


@cache
def constants() -> Mapping[str, Parameter]:
    """The numbers of inhibition by dotted name, such as "pyrophosphate.half_growth", with their sources."""
    return MappingProxyType(read_parameters(data_path("chemistry", "inhibitors.yaml"), _UNITS))


def _read(name: str, numbers: Mapping[str, Parameter]) -> Inhibitor:
    halves = {effect: numbers.get(f"{name}.half_{effect}") for effect in ("growth", "nucleation")}
    units = {half.unit for half in halves.values() if half is not None}
    if len(units) != 1:
        raise InputError(f"half doses of {name} in one unit", " and ".join(sorted(units)))
    growth, nucleation = (math.inf if half is None else half.value for half in halves.values())
    efficacy = numbers.get(f"{name}.efficacy")
    return Inhibitor(name, growth, nucleation, 1.0 if efficacy is None else efficacy.value, units.pop())


def dose(concentration: Value, half: Value) -> Value:
    """Concentration as a multiple of the one that halves: c/K, none below zero."""
    return maximum(concentration, 0.0) / half


def threshold_shift(doses: Iterable[Value]) -> Value:
    """How far inhibitors lift the saturation index at which mineral nucleates: lg(1 + Σ xᵢ)."""
    return log10(1.0 + _sum(doses))


def growth_left(doses: Sequence[Value], efficacies: Sequence[Value] | None = None) -> Value:
    """Share of growth, or of a conversion, that inhibitors leave: 1 - Σ eᵢ·xᵢ/(1 + Σ xⱼ).

    With all efficacies e of 1, as without them, 1/(1 + Σ xᵢ).
    """
    if efficacies is None:
        return 1.0 / (1.0 + _sum(doses))
    if len(efficacies) != len(doses):
        raise InputError(f"{len(doses)} efficacies, one for each dose", f"{len(efficacies)}")
    taken = _sum(share * x for share, x in zip(efficacies, doses, strict=True))
    return 1.0 - taken / (1.0 + _sum(doses))


def _sum(values: Iterable[Value]) -> Value:
    total: Value = 0.0
    for value in values:
        total = total + value
    return total


def active_share(modified: Value, rest: Value) -> Value:
    """Effective share of a protein of which a share is modified: m + (1 - m)·r, r what the rest does of it.

    Matrix Gla protein is carboxylated where vitamin K suffices, osteopontin phosphorylated: without, r of
    each.
    """
    return modified + (1.0 - modified) * rest


def pyrophosphate_hydrolysis(pyrophosphate: Value, highest: Value, half: Value) -> Value:
    """Pyrophosphate that phosphatase splits in two phosphates (mmol/L/h): V·X/(K + X), V the `highest`.

    V is proportional to the phosphatase there.  In plasma X is far below K, and V/K is what counts.
    """
    present = maximum(pyrophosphate, 0.0)
    return highest * present / (half + present)


def calciprotein_calcium(mineral: Value, fetuin: Value, calcium_per_fetuin: Value) -> Value:
    """Calcium of amorphous mineral that fetuin-A holds as particles: c·(1 - exp(-Z/c)), c = f·n.

    All of a little, never more than its capacity c; `mineral` Z and the result in mmol/L, `fetuin` f in
    mmol/L.
    """
    capacity = maximum(fetuin * calcium_per_fetuin, _LEAST)
    return capacity * (1.0 - exp(-maximum(mineral, 0.0) / capacity))


def ripening_time(reference_time: Value, doses: Iterable[Value], reference_doses: Iterable[Value]) -> Value:
    """Time in which half of the calciprotein particles turn crystalline (T50), at other doses.

    T₀·(1 + Σ xᵢ)/(1 + Σ xᵢ₀) from the reference's: ripening is a conversion, of which inhibitors leave 1/(1
    + Σ x) (`growth_left`). Calcium and phosphate, which shorten it, are not in it.
    """
    return reference_time * (1.0 + _sum(doses)) / (1.0 + _sum(reference_doses))
