"""How are the units of the laws said in SBML?

Every unit text that a model uses becomes a unit definition made of SBML's own units.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from calcis.errors import InputError
from calcis.units import Dimension, convert, dimension

# One unit per base of calcis.units.Dimension, as text that `convert` reads; volumes go as litres.
_BASES = ("h", "m", "mol", "g", "K", "IU")
_NONE: Dimension = (0, 0, 0, 0, 0, 0)


@dataclass(frozen=True)
class Measure:
    """What a unit is: so many base units (h, m or L, mol, g, K, IU) of a dimension."""

    factor: float
    dimension: Dimension

    def times(self, other: Measure, power: int = 1) -> Measure:
        """This unit times another to a power."""
        summed = tuple(a + power * b for a, b in zip(self.dimension, other.dimension, strict=True))
        return Measure(self.factor * other.factor**power, summed)  # type: ignore[arg-type]

    def root(self) -> Measure | None:
        """The square root of this unit, if it has one."""
        if any(power % 2 for power in self.dimension):
            return None
        return Measure(math.sqrt(self.factor), tuple(p // 2 for p in self.dimension))  # type: ignore[arg-type]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Measure):
            return NotImplemented
        return self.dimension == other.dimension and math.isclose(self.factor, other.factor, rel_tol=1e-9)

    def __hash__(self) -> int:
        return hash(self.dimension)


DIMENSIONLESS = Measure(1.0, _NONE)


def measure(unit: str) -> Measure:
    """What the text of a unit says."""
    powers = dimension(unit)
    return Measure(convert(1.0, unit, _base_text(powers)), powers)


def _base_text(powers: Dimension) -> str:
    return "*".join(f"{base}^{power}" for base, power in zip(_bases(powers), _counts(powers), strict=True))


def _in_litres(powers: Dimension) -> bool:
    return powers[1] % 3 == 0


def _bases(powers: Dimension) -> tuple[str, ...]:
    return (_BASES[0], "L" if _in_litres(powers) else "m", *_BASES[2:])


def _counts(powers: Dimension) -> tuple[int, ...]:
    return (powers[0], powers[1] // 3 if _in_litres(powers) else powers[1], *powers[2:])


class Units:
    """The unit definitions of one SBML model."""

    def __init__(self) -> None:
        self._ids: dict[Measure, str] = {DIMENSIONLESS: "dimensionless"}
        self._texts: dict[str, Measure] = {}

    def identity(self, unit: str) -> str:
        """Id of a unit's text; its definition is written by `define`."""
        meant = measure(unit)
        if meant not in self._ids:
            taken = set(self._ids.values())
            plain = identity_of(unit)
            number = 1
            while (name := plain if number == 1 else f"{plain}_{number}") in taken:
                number += 1
            self._ids[meant] = name
            self._texts[name] = meant
        return self._ids[meant]

    def known(self, meant: Measure) -> str | None:
        """Id of a unit that the model uses, None for one that it does not."""
        return self._ids.get(meant)

    def made(self, meant: Measure) -> str:
        """Id of a unit that comes about in a formula, such as that of a product, defined if it is new."""
        if meant not in self._ids:
            name = f"unit_of_formula_{len(self._ids)}"
            self._ids[meant] = name
            self._texts[name] = meant
        return self._ids[meant]

    def define(self, model: Any) -> None:
        """Write the definitions into a libSBML model."""
        import libsbml

        kinds = (
            libsbml.UNIT_KIND_SECOND,
            None,
            libsbml.UNIT_KIND_MOLE,
            libsbml.UNIT_KIND_GRAM,
            libsbml.UNIT_KIND_KELVIN,
            libsbml.UNIT_KIND_ITEM,  # an international unit is a count that no other unit measures
        )
        for name, meant in self._texts.items():
            definition = model.createUnitDefinition()
            definition.setId(name)
            scale_left = meant.factor
            volume = libsbml.UNIT_KIND_LITRE if _in_litres(meant.dimension) else libsbml.UNIT_KIND_METRE
            counts = [
                (volume if kind is None else kind, count)
                for kind, count in zip(kinds, _counts(meant.dimension), strict=True)
                if count
            ]
            # Amounts first: a power of ten belongs to them (pmol/L), not to the hour.
            counts.sort(
                key=lambda pair: (pair[0] == libsbml.UNIT_KIND_SECOND, pair[0] != libsbml.UNIT_KIND_MOLE)
            )
            for kind, count in counts:
                unit = definition.createUnit()
                unit.setKind(kind)
                unit.setExponent(count)
                scale, scale_left = _scale(scale_left, count)
                unit.setScale(scale)
                unit.setMultiplier(3600.0 if kind == libsbml.UNIT_KIND_SECOND else 1.0)
            if scale_left != 1.0:
                unit = definition.createUnit()
                unit.setKind(libsbml.UNIT_KIND_DIMENSIONLESS)
                unit.setExponent(1)
                unit.setScale(0)
                unit.setMultiplier(scale_left)


def _scale(factor: float, count: int) -> tuple[int, float]:
    """The decimal prefix that a unit to the power `count` takes from a factor, and what is left of it."""
    exponent = round(math.log10(factor))
    if exponent % count == 0 and math.isclose(factor, 10.0**exponent, rel_tol=1e-12):
        return exponent // count, 1.0
    return 0, factor


def identity_of(unit: str) -> str:
    """An SBML id for a unit's text.

    >>> identity_of("L/(pmol*h)"), identity_of("1/mm^3/h")
    ('L_per_pmol_h', 'per_mm3_per_h')
    """
    name = re.sub(r"[()\s^]", "", unit).replace("%", "percent")
    name = name.replace("/", "_per_").replace("*", "_").replace("-", "minus")
    name = name.removeprefix("1_") if name.startswith("1_per_") else name
    if not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII):
        raise InputError("a unit that can be named in SBML", repr(unit))
    return name
