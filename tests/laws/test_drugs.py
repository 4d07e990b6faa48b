"""Is nothing lost, and does nothing fall below nothing, whatever drugs are given together?"""

from __future__ import annotations

import numpy as np
import pytest

from calcis.body import body_balances
from calcis.case import packaged, read_case_text
from calcis.ledger import defects
from calcis.simulate.numbers import Numbers
from calcis.simulate.person import body_lanes, body_model
from calcis.solve.integrate import solve

TOGETHER = {
    "hypercalcaemia": [
        "saline 3 L IV over 24 h daily for 2 d",
        "calcitonin 4 IU/kg SC every 12 h for 3 d",
        "zoledronate 4 mg IV over 15 min at 6 h",
        "pamidronate 90 mg IV over 2 h at 10 d",
        "furosemide 40 mg IV every 12 h for 2 d",
        "denosumab 120 mg SC at 20 d",
    ],
    "low calcium": [
        "calcium gluconate 2 g IV over 10 min every 6 h for 2 d",
        "calcium 500 mg PO twice daily",
        "calcitriol 0.5 ug PO daily",
        "cholecalciferol 2000 IU PO daily",
        "hydrochlorothiazide 25 mg PO daily",
        "teriparatide 20 ug SC daily",
    ],
    "phosphate": [
        "sevelamer 2.4 g PO every 8 h",
        "lanthanum 500 mg PO every 8 h",
        "calcium acetate 1 g PO every 8 h",
        "tenapanor 30 mg PO every 12 h",
        "cinacalcet 60 mg PO daily",
        "sodium thiosulphate 25 g IV over 1 h every 48 h",
    ],
}


@pytest.mark.parametrize("disease", ["osteolytic_metastases", "dialysis"])
@pytest.mark.parametrize("doses", TOGETHER.values(), ids=TOGETHER)
def test_books_close_and_amounts_stay_above_nothing(doses: list[str], disease: str) -> None:
    given = "".join(f"    - {dose}\n" for dose in doses)
    text = f"""calcis: 1
title: Many drugs
person: {{age: 60 y, sex: female, mass: 70 kg}}
body: calcis
disease: {disease}
arms:
  it:
{given}run: {{duration: 30 d, every: 1 d, tolerance: 1e-4}}
"""
    case = read_case_text(text, "many.yaml")
    model, kernel = body_model(case, False)
    vocabulary = packaged()
    numbers = Numbers(case, vocabulary.parameters(case.body))
    lanes = body_lanes(case, model, kernel, numbers, vocabulary)
    found = solve(kernel, lanes, np.arange(0.0, 30 * 24.0 + 1, 24.0), rtol=1e-4)
    assert found.failures == [None] or found.failures == (None,)
    values = dict(zip(model.parameters, lanes[0].parameters, strict=True))
    lost = defects(body_balances("calcis"), model, found.states[0], values)
    assert max(lost.values()) < 1e-11, lost
    for k, (name, state) in enumerate(model.states.items()):
        if not state.signed:
            # What the solver allows below nothing: its tolerance times the scale of the state.
            assert found.states[0, :, k].min() >= -1e-4 * state.scale, name
