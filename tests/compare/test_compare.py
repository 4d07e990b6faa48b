"""Are arms compared over persons as they should be: the same whoever counts, and true to `calcis run`?"""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import calcis.compare.batches as batches
from calcis.case import read_case_text
from calcis.cli import app
from calcis.compare.compare import Comparison, compare
from calcis.compare.generate import generate
from calcis.errors import InputError
from calcis.individual.ensemble import ensemble
from calcis.simulate import simulate
from calcis.simulate.ensemble import fare

CASE = """calcis: 1
title: Hypercalcaemia of malignancy
person: {age: 60 y, sex: female, mass: 70 kg}
body: calcis
disease: {osteolytic_metastases: {release: 36 mmol/d}}
history: 14 d
organs: [kidney, skin]
goal: {calcium_plasma: 2.1 to 2.7 mmol/L, by: 10 d}
arms:
  watch: []
  zoledronate: [zoledronate 4 mg IV over 15 min]
  intake: [{changes: {gut.calcium_intake_factor: {factor: 0.5}}}]
run: {duration: 30 d, every: 2 d}
"""
LABS = """calcis: 1
title: Kidney disease by labs
person: {age: 61 y, sex: male, mass: 80 kg}
body: calcis
disease: ckd
labs: {calcium: 8.9 mg/dL, albumin: 3.6 g/dL, phosphate: 5.6 mg/dL, creatinine: 4.9 mg/dL, pth: 250 pg/mL}
organs: none
arms:
  watch: []
  denosumab: [denosumab 60 mg SC]
goal: {phosphate_plasma: below 1.5 mmol/L, at: 30 d}
run: {duration: 30 d, every: 5 d}
"""


@pytest.fixture(scope="module")
def found() -> Comparison:
    return compare(read_case_text(CASE, "case.yaml"), persons=20, processes=1)


def test_the_first_person_is_the_one_of_a_run(found: Comparison) -> None:
    run = simulate(read_case_text(CASE, "case.yaml"))
    for arm in ("watch", "zoledronate", "intake"):
        own = found.arms[arm].bands["calcium_plasma"].central
        assert own == pytest.approx(run[arm].body_series["calcium_plasma"].values, rel=1e-4)


def test_what_stops_bone_from_being_resorbed_comes_first(found: Comparison) -> None:
    best = found.arms["zoledronate"]
    assert best.rank == 1
    assert best.chance is not None and best.chance.share > 0.6
    assert found.arms["watch"].rank == found.arms["intake"].rank == 2
    assert found.arms["watch"].alike == ("intake",)
    assert [one.level for one in best.evidence] == ["trial"]
    band = best.bands["calcium_plasma"]
    assert (band.low <= band.median).all() and (band.median <= band.high).all()
    assert (band.high - band.low > 0.1).all(), "persons differ"


def test_bits_do_not_depend_on_batches_and_processes(
    found: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "LANES", 18)
    again = compare(read_case_text(CASE, "case.yaml"), persons=20, processes=2)
    for name, arm in found.arms.items():
        for course, band in arm.bands.items():
            other = again.arms[name].bands[course]
            assert np.array_equal(band.median, other.median, equal_nan=True), (name, course)


def test_an_interrupted_comparison_goes_on_to_the_same_bits(
    found: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "LANES", 18)
    case, calls = read_case_text(CASE, "case.yaml"), []

    def interrupted(*given: object, **more: object) -> object:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return fare(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(batches, "fare", interrupted)
    with pytest.raises(KeyboardInterrupt):
        compare(case, persons=20, folder=tmp_path, processes=1)
    assert len(list(tmp_path.glob("batch_*.npz"))) == 2
    calls.clear()
    calls += [1] * 10
    again = compare(case, persons=20, folder=tmp_path, processes=1, resume=True)
    assert len(calls) == 12, "two of four batches were there"
    assert np.array_equal(
        again.arms["zoledronate"].bands["calcium_plasma"].median,
        found.arms["zoledronate"].bands["calcium_plasma"].median,
    )


def test_persons_match_the_labs_and_a_contraindicated_arm_is_not_ranked() -> None:
    told = compare(read_case_text(LABS, "labs.yaml"), persons=40, processes=1)
    deno, watch = told.arms["denosumab"], told.arms["watch"]
    assert deno.contraindicated and deno.rank is None
    assert watch.rank == 1
    phosphate = watch.bands["phosphate_plasma"]
    assert phosphate.median[0] == pytest.approx(1.81, rel=0.1)
    assert 1.4 < phosphate.low[0] < phosphate.high[0] < 2.3
    assert told.individual is not None and 20 <= told.worth <= 40


def test_arms_are_thought_of_by_what_is_abnormal() -> None:
    thought = generate(read_case_text(LABS, "labs.yaml"))
    assert {"sevelamer", "lanthanum", "tenapanor"} <= {*thought.why}
    assert not {"zoledronate", "saline", "calcitonin"} & {*thought.why}, "calcium is not high"
    assert "watch" in thought.case.arms and "sevelamer" in thought.case.arms
    high = generate(read_case_text(CASE, "case.yaml"))
    assert {"saline", "calcitonin", "denosumab"} <= {*high.why}
    assert "zoledronate" not in high.why, "the case has it already"


def test_many_doses_are_averaged_and_what_the_user_gives_is_not_thought_of() -> None:
    long = LABS.replace("duration: 30 d", "duration: 1 y").replace(
        "denosumab: [denosumab 60 mg SC]", "mine: []"
    )
    thought = generate(
        read_case_text(long.replace("mine: []", "mine: [lanthanum 1 g PO daily]"), "long.yaml")
    )
    assert thought.case.arms["sevelamer"].doses[0].averaged
    assert thought.case.arms["tenapanor"].doses[0].averaged
    assert "lanthanum" not in thought.why, "the user thought of it"


def test_a_case_without_anything_abnormal_gets_no_drug() -> None:
    plain = CASE.replace("disease: {osteolytic_metastases: {release: 36 mmol/d}}\n", "")
    thought = generate(read_case_text(plain, "case.yaml"))
    assert not thought.why
    assert "nothing to treat" in thought.kind


def test_the_same_seed_draws_the_same_persons_and_another_others(found: Comparison) -> None:
    case = read_case_text(CASE.replace("every: 2 d}", "every: 2 d, seed: 2}"), "case.yaml")
    other = compare(case, persons=20, processes=1)
    one = found.arms["watch"].bands["calcium_plasma"]
    two = other.arms["watch"].bands["calcium_plasma"]
    assert one.central == pytest.approx(two.central)
    assert abs(one.median - two.median).max() > 1e-4


def test_given_plasma_is_refused() -> None:
    with pytest.raises(InputError, match="a body"):
        compare(read_case_text(CULTURE, "culture.yaml"), persons=2)


CULTURE = """calcis: 1
body: clamped
plasma: {calcium_ionised: 1.35 mmol/L, phosphate: 1.4 mmol/L, pyrophosphate: 0 umol/L, ph: 7.4}
lesion: {tissue: cell_culture}
arms: {it: []}
run: {duration: 1 d, every: 6 h}
"""


def test_the_command_writes_a_page_and_one_json_object(tmp_path: Path) -> None:
    file, out = tmp_path / "case.yaml", tmp_path / "out"
    file.write_text(CASE.replace("organs: [kidney, skin]", "organs: none"))
    told = CliRunner().invoke(
        app, ["compare", str(file), "--persons", "5", "--out", str(out), "--json", "--threads", "1"]
    )
    assert told.exit_code == 0, told.output
    found = json.loads(told.stdout)
    assert found["command"] == "compare" and found["status"] == "done"
    assert found["assumed"] and found["assumed"][0]["source"]
    arm = found["arms"]["zoledronate"]
    assert len(arm["series"]["calcium_plasma"]["median"]) == len(arm["series"]["time"]["values"])
    assert {path.name for path in out.iterdir()} == {"compare.html", "compare.json"}
    page = (out / "compare.html").read_text()
    assert "Not distinguishable from" in page and "<svg" in page
    shown = CliRunner().invoke(
        app, ["compare", str(file), "--persons", "5", "--out", str(out), "--threads", "1"]
    )
    assert shown.exit_code == 0, shown.output
    assert "zoledronate" in shown.output and "rank" in shown.output
    (out / "mine.txt").write_text("mine")
    refused = CliRunner().invoke(app, ["compare", str(file), "--out", str(out)])
    assert refused.exit_code == 2 and (out / "mine.txt").exists()


def test_what_was_done_of_another_case_is_not_taken_up(tmp_path: Path) -> None:
    case = read_case_text(CASE, "case.yaml")
    batches.simulate_all(case, ensemble(case, 3, 1).members, ["calcium_plasma"], folder=tmp_path, processes=1)
    for text, persons in ((CASE.replace("30 d, every", "31 d, every"), 3), (CASE, 4)):
        other = read_case_text(text, "case.yaml")
        with pytest.raises(InputError, match=r"batch_000\.npz: expected what was done of this case"):
            compare(other, persons=persons, folder=tmp_path, processes=1, resume=True)
    (tmp_path / "batch_000.npz").write_bytes(b"damaged")
    again = compare(case, persons=3, folder=tmp_path, processes=1, resume=True)
    assert again.status == "done"


def test_a_share_of_what_is_not_there_at_the_start_is_refused_before_anybody_is_simulated() -> None:
    asked: list[str] = []
    injury = "{kind: bite, at: 1 d, shape: {sphere: {diameter: 6 mm}}, killed: 0.9}"
    lesion = f"lesion: {{tissue: dermis, injury: {injury}}}"
    for goal in ("mineral_total: below 50 %, of: start", "pthrp_plasma: below 50 %, of: start"):
        text = CASE.replace("calcium_plasma: 2.1 to 2.7 mmol/L", goal).replace("arms:", f"{lesion}\narms:")
        with pytest.raises(InputError, match=r"case\.yaml: expected a goal of a quantity that there is"):
            compare(read_case_text(text, "case.yaml"), persons=3, progress=lambda what, _: asked.append(what))
    assert "simulating persons" not in asked
