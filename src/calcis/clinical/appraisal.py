"""What do the laboratory values of one person say together: computed values, grades, and cautions?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from calcis.clinical.formulas import (
    Sex,
    calcium_phosphate_product,
    constants,
    corrected_calcium,
    estimated_gfr,
    is_adult,
    molar_mass,
    product_by_mass,
)
from calcis.clinical.grades import (
    calcium_grade,
    gfr_category,
    lines,
    normal_range,
    pth_for_calcium,
    vitamin_d_status,
)
from calcis.units import convert


@dataclass(frozen=True)
class Derived:
    """One computed value: its name, value and unit, the formula in a line, and the source of that."""

    name: str  # calcium_corrected, calcium_phosphate_product or estimated_gfr
    value: float
    unit: str
    formula: str
    source: str
    says: str = ""  # its grade, in words


@dataclass(frozen=True)
class Remark:
    """One sentence about the values: level `info` or `warning`, with its source if it has one."""

    level: str
    text: str
    source: str | None = None


@dataclass(frozen=True)
class Appraisal:
    """All that is computed from a person's values, and all that is to be said of them."""

    derived: tuple[Derived, ...]
    remarks: tuple[Remark, ...]

    def value(self, name: str) -> float | None:
        """A computed value, or None where the values for it are not there."""
        return next((one.value for one in self.derived if one.name == name), None)


def appraise(labs: Mapping[str, float], age: float | None = None, sex: Sex | None = None) -> Appraisal:
    """What a person's values say; `labs` by the names and in the units of the case file's `labs`.

    `age` in years.  Formulas, ranges and grades are of adults: of a younger person nothing is graded.
    """
    if not is_adult(age):
        young = (
            "Formulas, reference ranges and grades are of adults; nothing is computed for a younger person."
        )
        source = constants()["ckd_epi_2021.youngest"].source
        return Appraisal((), (Remark("warning", young, source), *_assays(labs)))
    derived = tuple(_derived(labs, age, sex))
    found = {one.name: one.value for one in derived}
    remarks = (*_calcium(labs, found), *_others(labs, found, age, sex), *_assays(labs))
    return Appraisal(derived, tuple(sorted(remarks, key=lambda one: one.level != "warning")))


def _derived(labs: Mapping[str, float], age: float | None, sex: Sex | None) -> Iterator[Derived]:
    calcium, albumin, phosphate = (labs.get(name) for name in ("calcium", "albumin", "phosphate"))
    best = calcium
    if calcium is not None and albumin is not None:
        best = corrected_calcium(calcium, albumin)
        slope, usual = (constants()[f"calcium_correction.{name}"] for name in ("slope", "albumin_normal"))
        formula = f"calcium + {slope.value:g} mmol/L · ({usual.value:g} − albumin in g/L)"
        yield Derived("calcium_corrected", best, "mmol/L", formula, slope.source, calcium_grade(best))
    if best is not None and phosphate is not None:
        product = calcium_phosphate_product(best, phosphate)
        formula = f"{'albumin-corrected' if best != calcium else 'total'} calcium · phosphate"
        target = lines()["calcium_phosphate_product.target_below"]
        above = product_by_mass(product) >= target.value
        says = f"above the target of kidney disease, less than {target.value:g} mg²/dL²" if above else ""
        yield Derived("calcium_phosphate_product", product, "mmol^2/L^2", formula, target.source, says)
    if "creatinine" in labs and age is not None and sex is not None:
        gfr = estimated_gfr(labs["creatinine"], age, sex)
        source = constants()["ckd_epi_2021.scale"].source
        says = f"{': '.join(gfr_category(gfr))}, by KDIGO"
        yield Derived("estimated_gfr", gfr, "mL/min", "CKD-EPI 2021 by creatinine, age and sex", source, says)


def _calcium(labs: Mapping[str, float], found: Mapping[str, float]) -> Iterator[Remark]:
    """What is to be said of calcium: how far out, by which measure, and whether PTH answers it."""
    total, ionised = labs.get("calcium"), labs.get("calcium_ionised")
    adjusted = found.get("calcium_corrected", total)
    if total is not None and "albumin" not in labs and ionised is None:
        yield Remark(
            "warning", "Calcium is not corrected, as albumin is not given: low albumin makes it look low."
        )
    if "calcium_corrected" in found and ionised is None:
        gfr = found.get("estimated_gfr")
        failing = lines()["gfr.g2_from"].value
        text = "Corrected calcium is an estimate: ionised calcium is better"
        if gfr is not None and round(gfr) < failing:
            text += f". Below an eGFR of {failing:g}, as here, uncorrected calcium told more than corrected."
            yield Remark("warning", text, "lian_asberg_2018: abstract")
        else:
            text += ", above all far from a normal albumin, in cirrhosis and with myeloma; "
            text += "laboratories that derive their own formula find other slopes."
            yield Remark("info", text, "gpnotebook_calcium: corrected calcium")
    judged = [(ionised, "calcium_ionised_plasma"), (adjusted, "calcium_plasma")]
    sides = [_side(level, name) for level, name in judged if level is not None]
    if len(set(sides)) > 1:
        text = f"Ionised calcium is {sides[0]}, but calcium {_by_which(found)} is {sides[1]}"
        yield Remark("warning", f"{text}: ionised calcium counts.")
    elif adjusted is not None:
        yield from _severity(adjusted, "calcium_corrected" in found)
    level, name = next(((level, name) for level, name in judged if level is not None), (None, ""))
    if level is not None and "pth" in labs:
        verdict = pth_for_calcium(labs["pth"], level, name)
        if verdict == "not suppressed":
            text = "PTH is not below its range though calcium is high: it does not answer calcium. "
            text += "High calcium of another cause than the glands should suppress it."
            yield Remark("warning", text, "brett_2023: journal watch")
        elif verdict == "not raised":
            text = "PTH is not above its range though calcium is low: it does not answer calcium."
            yield Remark("warning", text, "khan_2019: low calcium with low or inappropriately normal PTH")


def _severity(calcium: float, corrected: bool) -> Iterator[Remark]:
    """The grade of calcium in a sentence, with what the guidance says of it."""
    grade = calcium_grade(calcium)
    if not grade:
        return
    said = {
        "mild hypercalcaemia": "it often makes no complaints and does not usually need urgent correction",
        "moderate hypercalcaemia": "it may be borne well if it rose slowly; prompt treatment is usual",
        "severe hypercalcaemia": "it needs urgent correction, for the risk of arrhythmia and coma",
        "mild hypocalcaemia": "with complaints of it, it counts as severe",
        "severe hypocalcaemia": "an emergency; complaints typically begin below this level",
    }[grade]
    level = f"{calcium:.2f} mmol/L ({convert(calcium, 'mmol/L', 'mg/dL', molar_mass('calcium')):.1f} mg/dL)"
    what = "Corrected calcium" if corrected else "Calcium, not corrected,"
    guidance = "walsh_2016: severity" if "hyper" in grade else "turner_2016: presentation, mild, severe"
    yield Remark("warning", f"{what} of {level} is {grade}: {said}.", guidance)


def _side(level: float, name: str) -> str:
    low, high = normal_range(name)
    return "low" if level < low else "high" if level > high else "normal"


def _by_which(found: Mapping[str, float]) -> str:
    return "corrected for albumin" if "calcium_corrected" in found else "as a total"


def _others(
    labs: Mapping[str, float], found: Mapping[str, float], age: float | None, sex: Sex | None
) -> Iterator[Remark]:
    if "creatinine" in labs and "estimated_gfr" not in found:
        yield Remark("info", "No eGFR is computed, as it needs the person's age and sex.")
    if "estimated_gfr" in found:
        text = "A category of GFR is chronic kidney disease only if it lasts for more than 3 months; "
        text += "G1 and G2 only with other signs of damage."
        yield Remark("info", text, lines()["gfr.g1_from"].source)
    product = found.get("calcium_phosphate_product")
    target = lines()["calcium_phosphate_product.target_below"]
    if product is not None and product_by_mass(product) >= target.value:
        text = (
            f"Calcium times phosphate is {product_by_mass(product):.0f} mg²/dL², not below {target.value:g}, "
        )
        text += "the target in chronic kidney disease of stages 3 to 5; it is best lowered through phosphate."
        yield Remark("warning", text, target.source)
    if "vitamin_d_25" in labs:
        status = vitamin_d_status(labs["vitamin_d_25"])
        level = "info" if status == "adequate" else "warning"
        text = f"25-hydroxyvitamin D is {status} by the lines of the Institute of Medicine."
        yield Remark(level, text, lines()["vitamin_d_25.adequate_from"].source)
        text = "Others draw these lines elsewhere; the last guideline of the Endocrine Society has none."
        yield Remark("info", text, "perales_afan_2025: introduction")


def _assays(labs: Mapping[str, float]) -> Iterator[Remark]:
    """Where the assay decides what a number means."""
    if "fgf23" in labs:
        text = "FGF23 is taken as intact FGF23. Assays are not standardised: values of two of them, or of "
        text += (
            "intact and C-terminal FGF23, cannot be compared; a reference range holds for its assay alone."
        )
        yield Remark("info", text, "heijboer_2022: abstract")
    if "pth" in labs:
        text = (
            "PTH is taken as intact PTH (second generation). A third-generation assay (PTH 1-84) gives about "
        )
        text += "30 % less in chronic kidney disease before dialysis, and more than 40 % less on dialysis."
        yield Remark("info", text, "wojtowicz_2020: abstract")
    if "creatinine" in labs:
        text = "eGFR holds for creatinine by a standardised (IDMS-traceable) assay, and for a steady state."
        yield Remark("info", text, "inker_2021: as the National Kidney Foundation gives it")
