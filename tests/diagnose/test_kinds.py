"""Do blood, site, pattern and history tell kinds of calcification apart?"""

from __future__ import annotations

import math

import pytest

from calcis.diagnose.answer import told_by
from calcis.diagnose.asked import Asked, asked_of
from calcis.diagnose.differential import differential
from calcis.diagnose.kind_data import kinds, seen
from calcis.diagnose.kinds import Kinded, is_asked, kinds_of
from calcis.diagnose.likelihood import Evidence
from calcis.diagnose.settings import setting
from calcis.errors import InputError
from calcis.reading import parse_yaml
from tests.diagnose.persons import NORMAL, few

URAEMIC = "calcium: 9.6 mg/dL, phosphate: 7.4 mg/dL, pth: 480 pg/mL"
DIALYSIS = "conditions: [dialysis]\nsetting: dialysis_unit\n"


def asked(labs: str, extra: str, **options: str) -> Asked:
    text = f"calcis: 1\nperson: {{age: 61 y, sex: female}}\nlabs: {{{labs}}}\n{extra}"
    return asked_of(parse_yaml(text, "case.yaml"), options)


def kinded(labs: str, extra: str = "", **options: str) -> Kinded:
    one = asked(labs, extra, **options)
    assert is_asked(one)
    found = differential(
        few(), Evidence(told_by(one.case)[0]), setting(one.setting), [d for d, _ in one.certain]
    )
    return kinds_of(one, few(), found)


def first(found: Kinded) -> str:
    assert math.isclose(sum(one.after for one in found.found), 1.0)
    assert math.isclose(sum(one.by_blood for one in found.found), 1.0)
    return found.found[0].kind.name


def test_normal_blood_is_not_metastatic() -> None:
    found = kinded(NORMAL, "site: fingers\npattern: nodules")
    assert first(found) == "dystrophic" and found.supersaturated < 0.1
    assert next(one for one in found.found if one.kind.name == "metastatic").by_blood < 0.05


def test_uraemic_blood_calcifies_the_lung() -> None:
    found = kinded(URAEMIC, f"{DIALYSIS}site: lung")
    assert first(found) == "metastatic" and found.supersaturated > 0.9
    assert "dialysis" in next(iter(found.found[0].causes)).diseases


@pytest.mark.parametrize(
    ("site", "pattern", "kind"),
    [
        ("thigh_or_belly", "necrosis", "calciphylaxis"),
        ("hip", "lobulated_mass", "tumoral_calcinosis"),
        ("hip", "bone", "ossification"),
    ],
)
def test_site_and_pattern_tell_kinds_apart_that_blood_cannot(site: str, pattern: str, kind: str) -> None:
    assert first(kinded(URAEMIC, DIALYSIS, site=site, pattern=pattern)) == kind


@pytest.mark.parametrize(
    ("kind", "extra"),
    [
        ("idiopathic", "site: scrotum"),
        ("iatrogenic", "site: forearm\npattern: injected\nmedication: [calcium_gluconate]"),
    ],
)
def test_what_is_typical_of_a_rare_kind_makes_it_much_more_probable(kind: str, extra: str) -> None:
    found = next(one for one in kinded(NORMAL, extra).found if one.kind.name == kind)
    assert found.after > 10.0 * found.by_blood


def test_warfarin_speaks_for_calciphylaxis() -> None:
    def share(extra: str) -> float:
        found = kinded(URAEMIC, f"{DIALYSIS}site: skin\n{extra}")
        return next(one.after for one in found.found if one.kind.name == "calciphylaxis")

    assert 2.0 < share("medication: [warfarin]") / share("") < 4.0


def test_kinds_are_told_only_of_a_calcification() -> None:
    assert not is_asked(asked(NORMAL, ""))
    assert is_asked(asked(NORMAL, "conditions: [calcinosis]"))


def test_every_kind_is_somewhere_often() -> None:
    table = kinds()
    for kind in table.kinds:
        for places in (table.sites, table.patterns):
            assert any(one.ranks.get(kind) == "often" for one in places.values()), kind


def test_an_unknown_site_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError) as wrong:
        seen("site", "lug")
    assert wrong.value.nearest == "lung"


def test_what_was_counted_stands_in_place_of_a_rank() -> None:
    hip = seen("site", "hip")
    assert kinds().likelihood(hip, "ossification") == pytest.approx(0.609)
    assert kinds().likelihood(hip, "tumoral_calcinosis") == kinds().ranks["often"].value


def test_history_and_site_are_reasons() -> None:
    first = kinded(NORMAL, "site: hip\nconditions: [spinal_cord_injury]").found[0]
    assert first.kind.name == "ossification"
    assert first.reasons["nervous system injury"] > 20 and first.reasons["around the hip"] > 5
    assert any("calcis" in source for source in first.sources)
