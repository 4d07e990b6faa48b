"""Which leukocytes come, what do they turn into, and what do they clear?

Neutrophils and monocytes are called by freshly dead cells, debris and microbes; monocytes become
inflammatory macrophages, which turn reparative as debris vanishes and, where crystals stay, fuse to giant
cells that dissolve them as osteoclasts do.  `macrophage_competence`
scales recruitment of monocytes and everything macrophages do; 0 also means no leukocytes at all
(a culture).
"""

from __future__ import annotations

from typing import Any

from calcis.elementary import Value, maximum, where
from calcis.part import Part, Signal, State


def alarm(v: Any) -> Value:
    """Alarm of freshly dead cells, A²/(A² + K²): single ones are covered by resident macrophages."""
    square = v.alarmins * v.alarmins
    return square / (square + v.alarm_half * v.alarm_half)


def inflammation(v: Any) -> Value:
    """Inflammation, c/(c + K) with c the neutrophils, monocytes and inflammatory macrophages."""
    cells = v.neutrophil + v.monocyte + v.inflammatory
    return cells / (maximum(cells, 0.0) + v.inflammation_half)


def phagocytosis_rate(v: Any) -> Value:
    """How fast leukocytes would clear sparse clean debris (1/h): p·(kN·N + m·kM·(M1 + share·M2)).

    p is what plasmin deficiency, age or a steroid leave of phagocytosis alone.
    """
    macrophages = v.inflammatory + v.reparative_share * v.reparative
    by_macrophages = v.macrophage_competence * v.macrophage_phagocytosis * macrophages
    return v.viability * v.phagocytosis_left * (v.neutrophil_phagocytosis * v.neutrophil + by_macrophages)


def efferocytosis_rate(v: Any) -> Value:
    """Removal of apoptotic cells by macrophages (1/h)."""
    return v.efferocytosis * v.macrophage_competence * (v.inflammatory + v.reparative)


def microbes_killed_by_macrophages(v: Any) -> Value:
    """Share of few microbes that macrophages kill in an hour, m·k·(M1 + M2)."""
    return v.macrophage_competence * v.macrophage_killing * (v.inflammatory + v.reparative)


def crystal_resorption_rate(v: Any) -> Value:
    """Acid resorption of fresh crystals in reach by macrophages one by one (1/h), m·k."""
    return resorbing_cells(v) * v.resorption_basal


def giant_resorption_rate(v: Any) -> Value:
    """Acid resorption of crystals by giant cells (1/h), G·V·ρ/(Z + K): each takes a volume V of them."""
    mineral = maximum(v.mineral_met, 0.0) + v.giant_half
    return v.giant * v.giant_resorption * v.giant_density / mineral


def resorbing_cells(v: Any) -> Value:
    """How far there are cells that resorb, and able ones, m·viability: 0 in a culture and an implant."""
    return v.macrophage_competence * v.viability


def crystal_signal(v: Any) -> Value:
    """How far crystals are seen by leukocytes, Z/(Z + K)."""
    return v.mineral_met / (maximum(v.mineral_met, 0.0) + v.crystal_half)


def rates(v: Any) -> dict[str, Value]:
    """Recruitment, differentiation, switching and loss, in cells/mm³/h.

    called: c + b·(1 - c), b by microbes, c by dead cells: for neutrophils the alarm, for monocytes
    1 - (1 - debris)·(1 - w·alarm)·(1 - w·crystals); recruited: a·rN·called, a·m·rM·called, a how well
    they enter from vessels near; switching M1 -> M2: kₛ/(1 + D/K).
    giant' = f·M2²·crystals - l·G: two reparative macrophages that meet on crystals fuse.
    """
    entering = v.access * v.vessels_near * v.viability
    present = entering * where(v.macrophage_competence > 0.0, 1.0, 0.0)
    crystals = crystal_signal(v)
    quiet = (1.0 - v.debris_signal) * (1.0 - v.alarm_weight * v.alarm) * (1.0 - v.crystal_weight * crystals)
    by_dead = 1.0 - quiet
    monocytes_called = by_dead + v.microbe_signal * (1.0 - by_dead)
    neutrophils_called = v.alarm + v.microbe_signal * (1.0 - v.alarm)
    recruited = entering * v.macrophage_competence * v.monocyte_recruitment * monocytes_called
    maturing = v.differentiation_rate * v.monocyte
    turning = v.switching_rate / (1.0 + maximum(v.dead_fraction, 0.0) / v.switching_half) * v.inflammatory
    residents = v.resident_macrophages * v.macrophage_competence * v.viability * v.vessels_near
    return {
        "neutrophil": present * v.neutrophil_recruitment * neutrophils_called
        - v.neutrophil_loss * v.neutrophil,
        "monocyte": recruited - maturing - v.monocyte_loss * v.monocyte,
        "inflammatory": maturing - turning - v.inflammatory_loss * v.inflammatory,
        "reparative": turning - v.reparative_loss * (v.reparative - residents),
        "giant": v.viability * v.fusion_rate * v.reparative * v.reparative * crystals
        - v.giant_loss * v.giant,
    }


LEUKOCYTES = Part(
    name="leukocytes",
    states={
        "neutrophil": State("1/mm^3", start=lambda v: 0.0, scale=10.0),
        "monocyte": State("1/mm^3", start=lambda v: 0.0, scale=10.0),
        "inflammatory": State("1/mm^3", start=lambda v: 0.0, scale=10.0),
        "reparative": State(
            "1/mm^3",
            start=lambda v: v.resident_macrophages * v.macrophage_competence * v.viability,
            scale=10.0,
        ),
        "giant": State("1/mm^3", start=lambda v: 0.0, scale=0.1),
    },
    parameters={
        "macrophage_competence": "1",
        "access": "1",
        "phagocytosis_left": "1",
        "crystal_weight": "1",
        "crystal_half": "mmol/L",
        "alarm_half": "1",
        "alarm_weight": "1",
        "inflammation_half": "1/mm^3",
        "neutrophil_recruitment": "1/mm^3/h",
        "neutrophil_loss": "1/h",
        "neutrophil_phagocytosis": "mm^3/h",
        "neutrophil_killing": "mm^3/h",
        "monocyte_recruitment": "1/mm^3/h",
        "monocyte_loss": "1/h",
        "differentiation_rate": "1/h",
        "switching_rate": "1/h",
        "switching_half": "1",
        "inflammatory_loss": "1/h",
        "reparative_loss": "1/h",
        "resident_macrophages": "1/mm^3",
        "macrophage_phagocytosis": "mm^3/h",
        "macrophage_killing": "mm^3/h",
        "reparative_share": "1",
        "efferocytosis": "mm^3/h",
        "resorption_basal": "1/h",
        "fusion_rate": "mm^3/h",
        "giant_loss": "1/h",
        "giant_resorption": "mm^3/h",
        "giant_density": "mmol/L",
        "giant_half": "mmol/L",
    },
    needs={
        "viability": "1",
        "dead_fraction": "1",
        "debris_signal": "1",
        "mineral_met": "mmol/L",
        "alarmins": "1",
        "microbe_signal": "1",
        "vessels_near": "1",
    },
    neutral={"vessels_near": 1.0},
    gives={
        "neutrophils": Signal("1/mm^3", lambda v: v.neutrophil),
        "monocytes": Signal("1/mm^3", lambda v: v.monocyte),
        "macrophages_inflammatory": Signal("1/mm^3", lambda v: v.inflammatory),
        "macrophages_reparative": Signal("1/mm^3", lambda v: v.reparative),
        "alarm": Signal("1", alarm),
        "inflammation": Signal("1", inflammation),
        "phagocytosis_rate": Signal("1/h", phagocytosis_rate),
        "efferocytosis_rate": Signal("1/h", efferocytosis_rate),
        "microbes_killed_by_neutrophils": Signal("1/h", lambda v: v.neutrophil_killing * v.neutrophil),
        "microbes_killed_by_macrophages": Signal("1/h", microbes_killed_by_macrophages),
        "giant_cells": Signal("1/mm^3", lambda v: v.giant),
        "crystal_resorption_rate": Signal("1/h", crystal_resorption_rate),
        "giant_resorption_rate": Signal("1/h", giant_resorption_rate),
        "resorbing_cells": Signal("1", resorbing_cells),
    },
    rates=rates,
)
