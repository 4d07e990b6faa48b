"""By which formulas do clinicians turn laboratory values into others?

The constants, with their sources, are in data/clinical/formulas.yaml.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal

from calcis.parameters import Parameter, data_path, read_parameters
from calcis.units import convert

Sex = Literal["female", "male"]

_CKD_EPI = "scale kappa_female kappa_male alpha_female alpha_male exponent_above per_year female youngest"
_CKD_EPI_UNITS = "mL/min mg/dL mg/dL 1 1 1 1 1 y"
_UNITS = {
    "calcium_correction": {"slope": "mmol/g", "albumin_normal": "g/L"},
    "ckd_epi_2021": dict(zip(_CKD_EPI.split(), _CKD_EPI_UNITS.split(), strict=True)),
}


@cache
def constants() -> Mapping[str, Parameter]:
    """The constants of the formulas, by dotted name."""
    return MappingProxyType(read_parameters(data_path("clinical", "formulas.yaml"), _UNITS))


def is_adult(age: float | None) -> bool:
    """Whether formulas, ranges and grades, which are of adults, hold at an age, years; unknown, they do."""
    return age is None or age >= constants()["ckd_epi_2021.youngest"].value


def corrected_calcium(calcium: float, albumin: float) -> float:
    """Total calcium as it would be with a normal albumin, mmol/L: Ca + 0.02·(40 − albumin).

    `calcium` in mmol/L, `albumin` in g/L.  An estimate for want of ionised calcium: it misleads in kidney
    disease, with much acid or base, with myeloma, and far from a normal albumin.
    Source: gpnotebook_calcium; against it in kidney disease, lian_asberg_2018.

    >>> round(corrected_calcium(2.0, 25.0), 3)
    2.3
    """
    slope = constants()["calcium_correction.slope"].value
    return calcium + slope * (constants()["calcium_correction.albumin_normal"].value - albumin)


def calcium_phosphate_product(calcium: float, phosphate: float) -> float:
    """Calcium times phosphate, mmol²/L²: Ca·P; both in mmol/L, calcium corrected for albumin where it can be.

    >>> calcium_phosphate_product(2.5, 2.0)
    5.0
    """
    return calcium * phosphate


def product_by_mass(product: float) -> float:
    """A calcium-phosphate product in mg²/dL², phosphate as phosphorus, from mmol²/L².

    >>> round(product_by_mass(5.6))  # what is often called 70
    70
    """
    return (
        product
        * convert(1.0, "mmol/L", "mg/dL", molar_mass("calcium"))
        * convert(1.0, "mmol/L", "mg/dL", molar_mass("phosphorus"))
    )


def estimated_gfr(creatinine: float, age: float, sex: Sex) -> float:
    """Estimated glomerular filtration rate, mL/min per 1.73 m² of body surface (CKD-EPI 2021, creatinine).

    142·min(c/κ, 1)^α·max(c/κ, 1)^−1.200·0.9938^age, times 1.012 in women, with c the creatinine in mg/dL,
    κ 0.7 mg/dL and α −0.241 in women, κ 0.9 mg/dL and α −0.302 in men.

    `creatinine` in mmol/L by a standardised (IDMS-traceable) assay, `age` in years, 18 at least.  Not for
    pregnancy, dialysis, or kidney function that changes from day to day.  Source: inker_2021.

    >>> round(estimated_gfr(0.0884, 50.0, "male"))  # 1 mg/dL
    92
    """
    known = {name.partition(".")[2]: one.value for name, one in constants().items() if "ckd_epi" in name}
    relative = convert(creatinine, "mmol/L", "mg/dL", molar_mass("creatinine")) / known[f"kappa_{sex}"]
    below: float = min(relative, 1.0) ** known[f"alpha_{sex}"]
    above: float = max(relative, 1.0) ** known["exponent_above"]
    women = known["female"] if sex == "female" else 1.0
    years: float = known["per_year"] ** age
    return known["scale"] * below * above * years * women


@cache
def molar_mass(substance: str) -> float:
    """g/mol of a substance of data/report/molar_masses.yaml."""
    return read_parameters(data_path("report", "molar_masses.yaml"))[f"molar_mass.{substance}"].value
