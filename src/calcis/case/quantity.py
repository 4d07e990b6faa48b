"""How does a field of a case file take "54 y" and give a plain float in its own unit?"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from calcis.parameters import data_path, read_parameters
from calcis.reading import shown
from calcis.units import HOURS_PER_YEAR, UnitError, convert, dimension, in_words, read_quantity


class Form(BaseModel):
    """What may stand under a key: nothing else, and nothing turned into another kind."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def refusal(expected: str, got: str, nearest: str | None = None) -> PydanticCustomError:
    """A complaint that pydantic places and calcis.case.complaints turns into an InputError."""
    context = {"expected": expected, "got": got, "nearest": nearest}
    return PydanticCustomError("calcis", "expected {expected}, got {got}", context)


@dataclass(frozen=True)
class Quantity:
    """The unit a field is kept in, an example for complaints, and its bounds in that unit.

    Used as `Annotated[float, Quantity(...)]`.  A dimensionless field may also be a bare number; a
    `substance` of data/report/molar_masses.yaml may also be given as a mass.
    """

    unit: str
    example: str
    low: float
    high: float
    above: bool = False  # whether `low` itself is refused
    substance: str | None = None
    kind: str = ""  # what it is, for complaints, where the unit does not say it

    def read(self, entry: Any) -> float:
        """The value of a file's entry in `unit`; pydantic calls it."""
        bare = self.unit == "1" and isinstance(entry, int | float) and not isinstance(entry, bool)
        if not bare and not isinstance(entry, str):
            raise refusal(f"a number and its unit, such as {self.example}", shown(entry))
        try:
            number, unit = (float(entry), "1") if bare else read_quantity(self._spelt(entry))
            if unit == "1" != self.unit:
                got = f"{shown(entry)}, without a unit"
                raise refusal(f"a number and its unit, such as {self.example}", got)
            molar_mass = _molar_mass(self.substance) if self.substance else None
            value = convert(number, unit, self.unit, molar_mass)
        except UnitError as wrong:
            own = wrong.expected.startswith(
                ("a unit", "a number and", "a molar")
            )  # this field says it better
            expected = f"{self._kind()}, such as {self.example}" if own else wrong.expected
            raise refusal(
                expected,
                shown(entry) if wrong.got == "none" else wrong.got,
                None if self.kind else wrong.nearest,
            ) from None
        except OverflowError:  # an integer beyond every float
            value, unit, molar_mass = math.inf, "", None
        inside = self.low <= value <= self.high and not (self.above and value == self.low)
        if not inside:
            raise refusal(self._bounds(unit, molar_mass), shown(entry))
        return value

    def _spelt(self, entry: str) -> str:
        """The entry as calcis.units reads it: an enzyme's unit, 1 µmol/min, is written U or IU."""
        return re.sub(r"\bU(?=\s*/)", "IU", entry) if self.unit == "IU/L" else entry

    def _kind(self) -> str:
        named = {
            "mmol/L": "a concentration",
            "pmol/L": "a concentration",
            "nmol/L": "a concentration",
            "g/L": "a concentration as a mass",
            "IU/L": "the activity of an enzyme",
            "mmol": "an amount",
            "1/mm^3": "a density",
            "1": "a number without dimension",
        }
        return self.kind or named.get(self.unit) or f"a {in_words(dimension(self.unit))}"

    def _bounds(self, given: str = "", molar_mass: float | None = None) -> str:
        """The bounds; where a mass was given of a substance, in its unit, if numbers can be read there."""
        _, shown_unit = read_quantity(self.example)
        ends = [convert(end, self.unit, shown_unit, molar_mass) for end in (self.low, self.high)]
        if given and dimension(given) != dimension(self.unit):
            own = [convert(end, self.unit, given, molar_mass) for end in (self.low, self.high)]
            if all(end == 0.0 or 1e-2 <= end < 1e6 for end in own):
                shown_unit, ends = given, [float(f"{end:.3g}") for end in own]
        unit = "" if shown_unit == "1" else f" {shown_unit}"
        low, high = (f"{end:.10g}{unit}" for end in ends)
        return f"{'more than' if self.above else 'at least'} {low}, at most {high}"

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: Any) -> dict[str, Any]:
        text = {
            "type": "string",
            "pattern": r"^\s*[+-]?[0-9.]",
            "description": f"{self._kind()}; {self._bounds()}",
            "examples": [self.example],
        }
        if self.unit != "1":
            return text
        return {"anyOf": [{"type": "number", "minimum": self.low, "maximum": self.high}, text]}


@cache
def _molar_mass(substance: str) -> float:
    """g/mol of a substance that a laboratory reports as a mass."""
    known = read_parameters(data_path("report", "molar_masses.yaml"))
    return known[f"molar_mass.{substance}"].value


LONGEST = 150 * HOURS_PER_YEAR  # hours of a run

Moment = Annotated[float, Quantity("h", "0 d", 0, LONGEST)]
Duration = Annotated[float, Quantity("h", "1 y", 0, LONGEST, above=True)]
Length = Annotated[float, Quantity("mm", "6 mm", 0, 2000, above=True)]
Depth = Annotated[float, Quantity("mm", "6 mm", 0, 2000)]
