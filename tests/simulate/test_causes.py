"""Do the examples of causes say what they are there to say?"""

from __future__ import annotations

import numpy as np
import pytest

from calcis.case import read_case_text
from calcis.case.templates import template
from calcis.results.store import Run
from calcis.simulate import simulate


def run(name: str, duration: str, shorter: str) -> Run:
    text = template(name)
    assert f"duration: {duration}" in text
    return simulate(read_case_text(text.replace(f"duration: {duration}", f"duration: {shorter}"), name))


@pytest.mark.parametrize(
    ("name", "duration", "shorter", "verdicts"),
    [
        ("fibroid", "3 y", "200 d", ("calcified", "calcified", "healed")),
        ("granuloma", "5 y", "500 d", ("intact", "healed", "calcified")),
        ("dermatomyositis", "4 y", "200 d", ("healed", "calcified", "healed")),
        ("scleroderma", "10 y", "3 y", ("healed", "calcified")),
    ],
)
def test_what_decides_is_whether_the_dead_are_cleared(
    name: str, duration: str, shorter: str, verdicts: tuple[str, ...]
) -> None:
    found = run(name, duration, shorter)
    arms = [found[arm] for arm in found.arms]
    assert tuple(arm.lesion_facts["verdict"] for arm in arms) == verdicts
    for arm in arms:
        assert max(arm.ledger.values()) < 1e-9


def test_soap_of_half_dead_fat_lowers_calcium_of_blood_and_gives_it_back() -> None:
    found = run("fat_necrosis", "60 d", "30 d")
    ionised = {arm: found[arm].body_series["calcium_ionised_plasma"].values for arm in found.arms}
    days = found["no treatment"].time / 24.0
    low = float(days[np.argmin(ionised["no treatment"])])
    assert 2.0 < low < 6.0 and ionised["no treatment"].min() < 0.9
    assert ionised["no treatment"][days > low].max() > 1.3  # as phagocytes take the soap up
    assert ionised["hardly any lipase"].min() > 1.05
    given = ionised["calcium into a vein"]
    assert given.min() > ionised["no treatment"].min() + 0.1
    soap = found["no treatment"].lesion_series["calcium_soap"].values
    assert soap.max() > 300.0 and soap[-1] < 0.1 * soap.max()
