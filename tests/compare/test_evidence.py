"""Does every drug's evidence name a dose that can be given, and is a wrong entry refused?"""

from pathlib import Path

import pytest

from calcis.case import packaged
from calcis.case.dose_text import read_dose
from calcis.case.drugs import LEVELS, USES, read_drug
from calcis.errors import InputError
from calcis.parameters import data_path

EVIDENCE = [(drug.name, one) for drug in packaged().drugs.values() for one in drug.evidence]


@pytest.mark.parametrize(("name", "one"), EVIDENCE, ids=[f"{name} {one.use}" for name, one in EVIDENCE])
def test_the_dose_of_every_use_can_be_given(name: str, one: object) -> None:
    dose = read_dose(one.dose, packaged().drugs, 60 * 24.0, 70.0)  # type: ignore[attr-defined]
    assert dose.drug == name
    assert dose.times


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("level: trial", "level: rumour", f"one of {', '.join(LEVELS)}"),
        ("for: high_calcium", "for: headache", f"one of {', '.join(USES)}"),
        ("major_2001: abstract", "major_1901: abstract", "did you mean"),
    ],
)
def test_wrong_evidence_is_refused_in_its_place(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = data_path("drugs", "zoledronate.yaml").read_text()
    head, _, tail = text.partition("  evidence:")
    file = tmp_path / "zoledronate.yaml"
    file.write_text(f"{head}  evidence:{tail.replace(old, new, 1)}")
    with pytest.raises(InputError) as refused:
        read_drug(file)
    assert says in str(refused.value)
    assert refused.value.line
