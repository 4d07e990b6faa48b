"""What does dead fat do?  Lipase frees its fatty acids, and they bind calcium to soap.

Fat of tissue that dies enters `lipid` (as fatty acid); tissue without fat has none of all this.  A free
fatty acid of 18 carbons keeps its proton at the pH of the body (pK 8 to 10, kanicky_2002), so that acid comes
with soap and not with lipolysis; what albumin carries off takes its acid along.
"""

from __future__ import annotations

from typing import Any

from calcis.elementary import Value, maximum
from calcis.part import Part, Signal, State


def lipolysis(v: Any) -> Value:
    """Fatty acid set free by lipase (mmol per L tissue and h)."""
    return v.lipolysis_rate * v.lipid


def soap_formation(v: Any) -> Value:
    """Calcium bound by fatty acids, Ca²⁺ + 2 HFA -> Ca(FA)₂ + 2 H⁺ (mmol Ca per L tissue and h)."""
    calcium = v.calcium_tissue / (maximum(v.calcium_tissue, 0.0) + v.soap_half_calcium)
    return v.soap_rate * v.fatty_acid * calcium


def oil(v: Any) -> Value:
    """All fatty acid of the dead that is still there: in fat, free, and in soap (mmol/L)."""
    return v.lipid + v.fatty_acid + 2.0 * v.soap


def soap_resorption(v: Any) -> Value:
    """Soap that phagocytes take up (mmol Ca per L tissue and h)."""
    return v.soap_uptake * v.crystal_resorption_rate * v.soap


def rates(v: Any) -> dict[str, Value]:
    """lipid' = c·n - (k + κ)·F; fatty_acid' = k·F - 2·J - w·x·A/(1 + A/a) - κ·A; soap' = J - (κ + r)·S."""
    cleared = v.debris_clearance_rate
    bound = v.fatty_acid / (1.0 + maximum(v.fatty_acid, 0.0) / v.albumin_binds)
    washed = v.wash_out * v.exchange_rate * bound
    return {
        "lipid": v.fat_content * v.necrosis - v.lipolysis - cleared * v.lipid,
        "fatty_acid": v.lipolysis - 2.0 * v.soap_formation - washed - cleared * v.fatty_acid,
        "soap": v.soap_formation - v.soap_carried_off,
    }


FAT = Part(
    name="fat",
    states={
        "lipid": State("mmol/L", start=lambda v: 0.0, scale=1.0),
        "fatty_acid": State("mmol/L", start=lambda v: 0.0, scale=0.1),
        "soap": State("mmol/L", start=lambda v: 0.0, scale=1e-1),
    },
    parameters={
        "fat_content": "mmol/L",
        "lipolysis_rate": "1/h",
        "soap_rate": "1/h",
        "soap_half_calcium": "mmol/L",
        "soap_uptake": "1",
        "wash_out": "1",
        "albumin_binds": "mmol/L",
    },
    needs={
        "necrosis": "1/h",
        "calcium_tissue": "mmol/L",
        "exchange_rate": "1/h",
        "debris_clearance_rate": "1/h",
        "crystal_resorption_rate": "1/h",
    },
    gives={
        "calcium_soap": Signal("mmol/L", lambda v: v.soap),
        "fatty_acid_free": Signal("mmol/L", lambda v: v.fatty_acid),
        "oil": Signal("mmol/L", oil),
        "lipolysis": Signal("mmol/L/h", lipolysis),
        "soap_formation": Signal("mmol/L/h", soap_formation),
        "soap_carried_off": Signal(
            "mmol/L/h", lambda v: v.debris_clearance_rate * v.soap + soap_resorption(v)
        ),
    },
    rates=rates,
)
