"""Which further labs may a case have?  `calcis diagnose` compares them; nothing is looked for by them."""

from __future__ import annotations

from typing import Annotated

from calcis.case.quantity import Form, Quantity

UrineCalcium = Annotated[float, Quantity("mmol/d", "5 mmol/d", 0, 100, substance="calcium")]
ClearanceRatio = Annotated[float, Quantity("1", "0.015", 0, 1)]
Pthrp = Annotated[float, Quantity("pmol/L", "3 pmol/L", 0, 1000)]
Bicarbonate = Annotated[float, Quantity("mmol/L", "24 mmol/L", 2, 80)]


class FurtherLabs(Form):
    """Calcium in urine of 24 h, its clearance over that of creatinine, PTHrP, bicarbonate."""

    calcium_urine: UrineCalcium | None = None
    calcium_creatinine_clearance_ratio: ClearanceRatio | None = None
    pthrp: Pthrp | None = None
    bicarbonate: Bicarbonate | None = None

    @property
    def given(self) -> dict[str, float]:
        """The values that were measured, each in the unit of its field."""
        return self.model_dump(exclude_none=True)
