"""What does dialysis take out of plasma, and give to it?  Clearances, averaged over the week."""

from __future__ import annotations

from calcis.part import Part, Signal

DIALYSIS = Part(
    name="dialysis",
    parameters={
        "phosphate_clearance": "L/h",
        "calcium_clearance": "L/h",
        "calcium_dialysate": "mmol/L",
        "magnesium_clearance": "L/h",
        "magnesium_dialysate": "mmol/L",
        "bicarbonate_clearance": "L/h",
        "bicarbonate_dialysate": "mmol/L",
    },
    needs={
        "phosphate_plasma": "mmol/L",
        "calcium_ionised_plasma": "mmol/L",
        "magnesium_plasma": "mmol/L",
        "bicarbonate_plasma": "mmol/L",
    },
    gives={
        "phosphate_dialysed": Signal("mmol/h", lambda v: v.phosphate_clearance * v.phosphate_plasma),
        # Negative where the bath gives more than it takes; complexes on both sides count as alike.
        "calcium_dialysed": Signal(
            "mmol/h",
            lambda v: v.calcium_clearance * (v.calcium_ionised_plasma - v.calcium_dialysate),
        ),
        "magnesium_dialysed": Signal(
            "mmol/h", lambda v: v.magnesium_clearance * (v.magnesium_plasma - v.magnesium_dialysate)
        ),
        "bicarbonate_dialysed_in": Signal(
            "mmol/h", lambda v: v.bicarbonate_clearance * (v.bicarbonate_dialysate - v.bicarbonate_plasma)
        ),
    },
)
