"""Do drugs do in body and tissue what their files say?  Against the same arm without them."""

from __future__ import annotations

import re

import pytest

from calcis.case import packaged, read_case_text
from calcis.results.store import Run
from calcis.simulate import simulate

CASE = """\
calcis: 1
person: {age: 45 y, sex: female, mass: 65 kg}
body: calcis
organs: none
DISEASE
arms:
ARMS
run: {duration: DAYS d, every: EVERY}
"""
WOUND = """lesion:
  tissue: dermis
  injury: {kind: bite, at: 1 d, shape: {cone: {diameter: 6 mm, depth: 4 mm}}, killed: 0.9}
changes: {macrophage_competence: 0.2}"""


def run(disease: str, days: int, every: str = "1 d", **arms: str) -> Run:
    listed = "\n".join(f"  {name}: [{dose}]" for name, dose in arms.items())
    text = (
        CASE.replace("DISEASE", disease)
        .replace("ARMS", listed)
        .replace("DAYS", str(days))
        .replace("EVERY", every)
    )
    return simulate(read_case_text(text, "case"))


def end(run: Run, arm: str, name: str) -> float:
    return float(run[arm].body_series[name].values[-5:].mean())


def test_prednisolone_brings_calcitriol_of_granulomas_down() -> None:
    found = run(
        "disease: granulomatous_disease\nhistory: 1 y", 20, watch="", given="prednisolone 40 mg PO daily"
    )
    assert end(found, "given", "calcitriol_plasma") < 0.7 * end(found, "watch", "calcitriol_plasma")
    assert (
        end(found, "given", "calcium_ionised_plasma") < end(found, "watch", "calcium_ionised_plasma") - 0.05
    )


def test_iron_binds_phosphate_as_sevelamer_does() -> None:
    found = run(
        "disease: dialysis\nhistory: 1 y",
        28,
        watch="",
        sevelamer="sevelamer 2400 mg PO every 8 h averaged",
        oxyhydroxide="Velphoro 600 mg PO every 8 h averaged",
        citrate="ferric citrate 2.4 g PO every 8 h averaged",
    )
    fall = end(found, "watch", "phosphate_plasma") - end(found, "sevelamer", "phosphate_plasma")
    assert fall > 0.2
    for arm in ("oxyhydroxide", "citrate"):
        assert end(found, "watch", "phosphate_plasma") - end(found, arm, "phosphate_plasma") == pytest.approx(
            fall, rel=0.1
        )


def test_pyrophosphate_and_its_enzyme_raise_it_where_it_lacks() -> None:
    found = run(
        "disease: enpp1_deficiency",
        42,
        watch="",
        enzyme="INZ-701 0.6 mg/kg SC weekly",
        oral="pyrophosphate 3 g PO every 6 h",
    )
    lacking = end(found, "watch", "pyrophosphate_plasma")
    assert lacking < 0.5e-3 and end(found, "enzyme", "pyrophosphate_plasma") > 1.5e-3
    assert found["oral"].body_series["pyrophosphate_plasma"].values.max() > lacking


@pytest.fixture(scope="module")
def wound() -> Run:
    return run(
        WOUND,
        120,
        watch="",
        indometacin="indometacin 50 mg PO twice daily",
        radiotherapy="radiotherapy",
        prednisolone="prednisolone 20 mg PO daily",
    )


def mineral(found: Run, arm: str, name: str = "mineral_total") -> float:
    return float(found[arm].lesion_series[name].values[-1])


def test_drugs_of_the_tissue_move_its_mineral_the_way_they_say(wound: Run) -> None:
    watched = mineral(wound, "watch")
    assert mineral(wound, "indometacin", "mineral_bone") < 0.5 * mineral(wound, "watch", "mineral_bone")
    assert mineral(wound, "radiotherapy", "mineral_bone") < 0.3 * mineral(wound, "watch", "mineral_bone")
    assert mineral(wound, "prednisolone") > watched  # fewer cells come that would clear the dead


def test_vitamin_k_and_warfarin_act_in_walls_of_arteries_that_live() -> None:
    """Among the dead nothing holds crystals back anyway; elastic fibres gain by what is left unfinished."""
    found = run(
        "lesion: {tissue: elastic_media}",
        365,
        watch="",
        warfarin="warfarin 5 mg PO daily",
        vitamin_k="menaquinone_7 1 mg PO daily",
    )
    watched = mineral(found, "watch")
    assert watched > 0.5
    assert mineral(found, "warfarin") > 1.5 * watched
    assert mineral(found, "vitamin_k") < 0.8 * watched


def test_minocycline_holds_microbes_back_and_calms_what_they_call() -> None:
    infected = WOUND.replace("bite, at: 1 d", "infection, at: 2 d").replace("0.9}", "0.1}")
    found = run(infected, 14, "6 h", watch="", minocycline="minocycline 100 mg PO twice daily")
    with_, without = (found[arm].lesion_series for arm in ("minocycline", "watch"))
    assert with_ is not None and without is not None
    assert with_["microbes"].values.max() < 0.7 * without["microbes"].values.max()
    assert with_["neutrophils"].values.max() < 0.7 * without["neutrophils"].values.max()
    told = found["minocycline"].lesion_facts["story"][-1]["text"]
    assert told.startswith("Minocycline lowered growth of microbes by")


def test_the_disease_of_taking_a_thiazide_is_much_of_the_drug() -> None:
    """Both move what the distal tubule can take back; the disease lies within what is known of the drug."""
    words = packaged()
    (change,) = words.diseases[words.drugs["hydrochlorothiazide"].same_as].changes
    most = words.parameters("calcis")["hydrochlorothiazide.reabsorption_maximum"]
    least, highest = (float(end) for end in re.findall(r"[0-9.]+", most.note.partition(",")[0]))
    assert change.name == "kidney_calcium.capacity_factor" and change.value is not None
    assert least <= change.value - 1.0 <= highest
