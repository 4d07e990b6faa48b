"""Which drugs can be given, by which routes, in which units?

A drug is one file, data/drugs/<name>.yaml: the numbers of its Part (calcis.parameters), and

    species: human
    drug:
      name: teriparatide                    # what a case file calls it: the file's name
      synonyms: [Forsteo, Forteo]           # optional; other names a case file may use
      dose_units: [ug, nmol]                # any unit of these dimensions is a dose; all also per kg
      molar_mass: {value: 4117.8, unit: g/mol, kind: published, source: "key: where"}
      activity: {value: ..., unit: IU/mg, kind: ..., source: ...}   # where dose_units has IU
      routes:                               # SC, IV, IM or PO -> the state that receives the dose
        SC: {state: teriparatide.depot}     # dotted name of a `dosable` state of the drug's Part
        IV: {state: teriparatide.plasma}
    parts:
      teriparatide: {...}

A dose is handed on in mmol where `molar_mass` is given, else in mg, else in IU; whoever gives it
converts it to the unit of the state.  What is lost on the way (bioavailability) is for the law.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from calcis.parameters import Parameter

ROUTES = ("SC", "IV", "IM", "PO")  # under the skin, into a vein, into a muscle, by mouth


@dataclass(frozen=True)
class Drug:
    """A drug as a prescriber sees it."""

    name: str
    routes: Mapping[str, str]  # route -> dotted name of the state that receives the dose
    dose_units: tuple[str, ...]
    synonyms: tuple[str, ...] = ()
    molar_mass: Parameter | None = None  # g/mol
    activity: Parameter | None = None  # IU/mg
    parameters: Mapping[str, Parameter] | None = None
