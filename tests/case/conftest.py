"""A small vocabulary, so that tests of cases do not depend on the data of other rooms."""

import pytest

from calcis.case import Drug, Vocabulary
from calcis.case.tissues import Tissue
from calcis.changes import parse_changes
from calcis.parameters import Parameter


def number(name: str, value: float, unit: str) -> Parameter:
    return Parameter(name, value, unit, "payne_1973: table 1", "measured", "human", (value, unit))


DRUGS = {
    drug.name: drug
    for drug in (
        Drug(
            "denosumab",
            {"SC": "denosumab.depot"},
            ("mg",),
            ("Prolia", "Xgeva"),
            number("denosumab.molar_mass", 150_000.0, "g/mol"),
        ),
        Drug(
            "teriparatide",
            {"SC": "teriparatide.depot", "IV": "teriparatide.plasma"},
            ("ug", "nmol"),
            (),
            number("teriparatide.molar_mass", 4000.0, "g/mol"),
        ),
        Drug("zoledronate", {"IV": "zoledronate.plasma"}, ("mg",), ("zoledronic acid",)),
        Drug("calcitonin", {"SC": "calcitonin.depot", "IM": "calcitonin.depot"}, ("IU",)),
        Drug(
            "heparin",
            {"SC": "heparin.depot", "PO": "heparin.gut"},
            ("IU", "mg"),
            (),
            None,
            number("heparin.activity", 200.0, "IU/mg"),
        ),
    )
}
PARAMETERS = {
    parameter.name: parameter
    for parameter in (
        number("kidney.filtration_rate", 6.0, "L/h"),
        number("leukocytes.macrophage_competence", 1.0, "1"),
        number("capillaries.perfusion", 1.0, "1"),
        number("bone.delay", 1.0, "h"),
        number("gut.delay", 1.0, "h"),
    )
}


@pytest.fixture(scope="session")
def drugs() -> dict[str, Drug]:
    return DRUGS


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    dermis = parse_changes("changes: {perfusion: 0.3}", "dermis.yaml")
    return Vocabulary(
        bodies=("peterson_riggs_2010", "clamped"),
        tissues={"dermis": Tissue("dermis", "Dermis", dermis), "muscle": Tissue("muscle", "Muscle", ())},
        injuries=("bite", "freezing"),
        drugs=DRUGS,
        parameters=lambda body: PARAMETERS,
    )
