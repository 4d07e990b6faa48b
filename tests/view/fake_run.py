"""A run whose courses are formulas, so that what the views say of it can be computed by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from calcis.parameters import Parameter
from calcis.results.store import Arm, DoseMark, Finding, Run, Series

CASE = """calcis: 1
title: "A <b>nodule</b> & its treatment"
person: {age: 54 y, sex: female, mass: 68 kg, species: human}
body: peterson_riggs_2010
arms: {watch: [], treated: []}
run: {duration: 1 y, every: 1 d}
"""


def number(name: str = "mineral.growth", value: float = 2.5, kind: str = "assumed") -> Parameter:
    return Parameter(name, value, "1/h", "peterson_riggs_2010: nowhere", kind, "mouse", (24 * value, "1/d"))


def _step(title: str, text: str, at: float, when: str, *rests_on: str, level: str = "info") -> dict[str, Any]:
    return {"title": title, "text": text, "at": at, "when": when, "rests_on": [*rests_on], "level": level}


def fake_run(days: int = 365) -> Run:
    """`watch`: calm blood, mineral grows to 1000 mmol/L.  `treated`: calcium falls by 0.3 mmol/L from day
    100 to day 120, one drug given twice, the lesion heals."""
    time = np.arange(days + 1) * 24.0
    flat = np.ones(len(time))
    low = np.where((time >= 100 * 24) & (time < 120 * 24), 2.05, 2.35)
    drug = 100.0 * np.exp(-time / 500.0)
    lost = np.exp(-time / 200.0)
    blood = {
        "calcium_plasma": Series("mmol/L", 2.35 * flat),
        "phosphate_plasma": Series("mmol/L", 1.2 * flat),
        "pth_plasma": Series("pmol/L", 3.85 * flat),
        "osteoclasts_relative": Series("1", flat),
        "denosumab_plasma": Series("nmol/L", 0 * flat),
        "nameless_thing": Series("mmol/h", 3.0 * flat),
    }
    stone = {
        "dead_fraction": Series("1", 0.9 * flat),
        "scar_fraction": Series("1", 0.0 * flat),
        "living_fraction": Series("1", 0.1 * flat),
        "neutrophils": Series("1/mm^3", 5000.0 * lost),
        "mineral_total": Series("mmol/L", 1000.0 * time / time[-1]),
        "radiodensity": Series("1", 50.0 + 0.1 * 1000.0 * time / time[-1]),
        "ph_tissue": Series("1", 7.4 * flat),
    }
    heals = stone | {
        "dead_fraction": Series("1", 0.9 * lost),
        "living_fraction": Series("1", 1 - 0.9 * lost),
        "mineral_total": Series("mmol/L", 0 * flat),
    }
    facts = {
        "tissue": "dermis",
        "injury": "bite",
        "injury_at": {"value": 0.0, "unit": "h"},
        "volume": {"value": 37.7, "unit": "mm^3"},
        "verdict": "calcified",
        "dead_highest": {"value": 90.0, "unit": "%"},
        "dead_cleared_at": None,
        "stainable_at": {"value": 131.4, "unit": "h"},
        "radiographic_at": {"value": 876.0, "unit": "h"},
        "ct_at": {"value": 5431.2, "unit": "h"},
        "mineral_end": {"value": 1000.0, "unit": "mmol/L"},
        "calcium_end": {"value": 1.51, "unit": "mg"},
        "radiodensity_end": {"value": 150.0, "unit": "HU"},
        "headline": "It turned to stone.",
        "brief": ["It was never cleared."],
        "seen": "The mineral would be seen on CT.",
        "story": [
            _step("Injury", "A bite, it was.", 0.0, "the start", "mineral.growth"),
            _step("Growth", "Crystals grew & grew <fast>.", 24.0, "day 1", "kidney.rate"),
            _step("Bone", "Bone was called for.", 72.0, "day 3", level="warning"),
        ],
    }
    never = dict.fromkeys(("stainable_at", "radiographic_at", "ct_at"))
    healed = (
        facts
        | never
        | {
            "verdict": "healed",
            "dead_cleared_at": {"value": 585.0, "unit": "h"},
            "mineral_end": {"value": 0.0, "unit": "mmol/L"},
            "calcium_end": {"value": 0.0, "unit": "mg"},
            "radiodensity_end": {"value": 50.0, "unit": "HU"},
            "headline": "It healed.",
            "brief": ["It was cleared."],
            "seen": None,
            "story": [*facts["story"][:1], _step("Clearance", "All of it went.", 585.0, "day 24")],
        }
    )
    watch = Arm(
        "watch",
        time,
        blood,
        stone,
        facts,
        findings=(Finding("warning", "It turned to stone.", "peterson_riggs_2010: so"),),
        ledger={"calcium": 1e-14},
    )
    treated = replace(
        watch,
        name="treated",
        body_series=blood
        | {"calcium_plasma": Series("mmol/L", low), "denosumab_plasma": Series("nmol/L", drug)},
        lesion_series=heals,
        lesion_facts=healed,
        doses=(DoseMark("denosumab", 0.0, "60 mg"), DoseMark("denosumab", 4368.0, "60 mg")),
        findings=(Finding("info", "It healed."),),
        ledger={"calcium": float("nan")},
        changes=(replace(number("mineral.growth", 0.1, "given"), source="", changed_by="case.yaml line 9"),),
        treatment=("denosumab 60 mg SC every 26 weeks",),
    )
    return Run(
        title="A <b>nodule</b> & its treatment",
        case_text=CASE,
        arms={"watch": watch, "treated": treated},
        parameters=(number(), replace(number("kidney.rate", 1.0, "published"), species="human")),
        cite=("peterson_riggs_2010",),
        versions={"calcis": "0.0", "processor": "some"},
        data={"body/x.yaml": "00"},
        seed=7,
        command="calcis run case.yaml",
        limits=("The body is a stand-in.",),
        body="peterson_riggs_2010",
    )


def without_lesion(run: Run) -> Run:
    """The same run of a case that has no lesion."""
    arms = {
        name: replace(arm, lesion_series=None, lesion_facts={}, findings=()) for name, arm in run.arms.items()
    }
    return replace(run, arms=arms)
