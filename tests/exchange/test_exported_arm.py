"""Does an exported arm, lesion and all, run in another program as it ran here?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from calcis.case import read_case_text
from calcis.errors import InputError
from calcis.exchange.sbml import sbml_text
from calcis.job import write_sbml
from calcis.parameters import Parameter
from calcis.part import Part, State, assemble
from calcis.simulate import simulate
from calcis.solve.schedule import Drive
from tests.exchange.subjects import roadrunner_of

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize(
    ("example", "name"),
    [
        ("insect_bite", "failed clearance"),
        ("insect_bite", "competent clearance"),
        ("denosumab", "two years"),
    ],
)
def test_libroadrunner_gives_the_courses_of_the_run(tmp_path, example, name):
    alike((EXAMPLES / f"{example}.yaml").read_text().replace("1e-6", "1e-9"), name, tmp_path)


LIVED = """
calcis: 1
person: {age: 61 y, sex: male, mass: 80 kg}
body: calcis
disease: {ckd: {gfr: 15 mL/min}}
history: 2 y
arms: {binder: [changes: {gut.phosphate_unbound_fraction: 0.6}]}
run: {duration: 100 d, every: 1 d, tolerance: 1e-9}
"""


def test_an_arm_begins_where_its_history_ended(tmp_path):
    alike(LIVED, "binder", tmp_path)


DRUGS = """
calcis: 1
person: {age: 61 y, sex: male, mass: 80 kg}
body: calcis
disease: {osteolytic_metastases: {release: 36 mmol/d}}
arms:
  drugs:
    - saline 3 L IV over 24 h
    - calcitonin 4 IU/kg SC every 12 h for 2 d
    - zoledronate 4 mg IV over 15 min at 12 h
run: {duration: 6 d, every: 6 h, tolerance: 1e-9}
"""


def test_drugs_act_there_as_here(tmp_path):
    alike(DRUGS, "drugs", tmp_path)


GIVEN = """
calcis: 1
body: clamped
plasma: {calcium_ionised: 1.3 mmol/L, phosphate: 1.4 mmol/L, pyrophosphate: 1 umol/L, ph: 7.4}
lesion: {tissue: skeletal_muscle}
changes: {macrophage_competence: 0, capillaries.perfusion: 50}
arms:
  values: [{plasma: {phosphate: 2 mmol/L, pyrophosphate: 0 umol/L}}]
  steps:
    - plasma:
        between: steps
        pyrophosphate: [{at: 0 d, value: 0.5 umol/L}, {at: 4 d, value: 0 umol/L}]
        phosphate: [{at: 0 d, value: 1.4 mmol/L}, {at: 2 d, value: 2.2 mmol/L}, {at: 4 d, value: 1.8 mmol/L}]
  lines:
    - plasma:
        between: lines
        ph: [{at: 0 d, value: 7.3}, {at: 3 d, value: 7.5}, {at: 3 d, value: 7.4}, {at: 9 d, value: 7.45}]
        pyrophosphate: [{at: 0 d, value: 0.5 umol/L}, {at: 4 d, value: 0 umol/L}]
        phosphate: [{at: 0 d, value: 1.4 mmol/L}, {at: 2 d, value: 2.2 mmol/L}, {at: 4 d, value: 1.8 mmol/L}]
run: {duration: 6 d, every: 7 h, tolerance: 1e-9}
"""


@pytest.mark.parametrize("name", ["values", "steps", "lines"])
def test_given_plasma_is_exported_corner_by_corner(tmp_path, name):
    alike(GIVEN, name, tmp_path)


def test_a_curved_course_is_refused_not_bent():
    part = Part("p", {"x": State("mmol", "start", 1.0)}, {"start": "mmol"}, needs={"u": "mmol/h"},
                rates=lambda v: {"x": v.u})  # fmt: skip
    curved = np.array([[[1.0, 0.0, 0.5, 0.0, 0.0]]])
    start = {"p.start": Parameter("p.start", 0.0, "mmol", "calcis: x", "definition", "any", (0.0, "mmol"))}
    with pytest.raises(InputError, match="straight lines"):
        sbml_text(assemble([part], {"u": "mmol/h"}), start, drive=Drive(np.zeros(1), np.ones(1), curved))


def alike(text, name, tmp_path):
    """The exported arm, run by libRoadRunner, has the courses of the run."""
    run = simulate(read_case_text(text, "case"))
    write_sbml(run, tmp_path / "arm.xml", name)
    courses = {**run[name].body_series, **(run[name].lesion_series or {})}
    courses = {name: one for name, one in courses.items() if not name.endswith("_sum")}  # the run's own books
    other = roadrunner_of((tmp_path / "arm.xml").read_text(encoding="utf-8"))
    other.integrator.setValue("relative_tolerance", 1e-11)
    other.integrator.setValue("absolute_tolerance", 1e-15)
    other.integrator.setValue("maximum_num_steps", 1_000_000)
    other.timeCourseSelections = list(courses)
    found = np.array(other.simulate(times=[float(time) for time in run.time]))
    flows = [np.abs(one.values).max() for one in courses.values() if one.unit == "mmol/h"]
    for k, (signal, series) in enumerate(courses.items()):
        # Of the largest value: near zero crossings and threshold flows a relative measure has no meaning.
        # Of the largest flow for flows: some are small differences of large ones.
        largest = max(flows) if series.unit == "mmol/h" else np.abs(series.values).max()
        assert np.abs(found[:, k] - series.values).max() <= 1e-6 * largest + 1e-12, signal
