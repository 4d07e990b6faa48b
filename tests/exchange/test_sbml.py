"""Is our SBML sound: no error for libSBML, a unit and a source for everything, the laws as they are?"""

from __future__ import annotations

import html
import sys
from dataclasses import replace

import libsbml
import numpy as np
import pytest
import roadrunner

from calcis import __version__, elementary
from calcis.errors import InputError
from calcis.exchange.sbml import sbml_text, write
from calcis.parameters import Parameter
from calcis.part import Part, Signal, State, assemble
from calcis.solve.schedule import Drive, Infusion, Jump
from tests.exchange.subjects import Subject
from tests.exchange.test_sbml_courses import DENOSUMAB, TERIPARATIDE, bite


def texts(body: Subject, dosed: Subject, tissue: Subject, person: Subject) -> dict[str, str]:
    doses = [one for dose in (TERIPARATIDE, DENOSUMAB) for one in dosed.jumps(**dose)]
    driven = np.zeros((2, 4, 5))
    driven[:, :, 0] = list(tissue.inputs.values())
    driven[0, 3, 1] = 1e-3  # pH rises in a line
    driven[1, 1, 0] *= 2.0  # phosphate doubles in a step
    drive = Drive(np.array([0.0, 48.0]), np.array([48.0, 96.0]), driven)
    infusion = Infusion(1.0, 3.0, list(dosed.model.states).index("plasma.calcium"), 0.5)
    return {
        "body": sbml_text(body.model, body.numbers),
        "dosed": sbml_text(dosed.model, dosed.numbers, jumps=doses, infusions=[infusion]),
        "tissue": sbml_text(tissue.model, tissue.numbers, inputs=tissue.inputs, jumps=bite(tissue, 30.0)),
        "driven": sbml_text(tissue.model, tissue.numbers, drive=drive),
        "person": sbml_text(person.model, person.numbers, jumps=bite(person, 0.0)),
    }


@pytest.fixture(scope="module")
def documents(
    body: Subject, dosed: Subject, tissue: Subject, person: Subject
) -> dict[str, libsbml.SBMLDocument]:
    found = {
        name: libsbml.readSBMLFromString(text) for name, text in texts(body, dosed, tissue, person).items()
    }
    for document in found.values():
        document.setConsistencyChecks(libsbml.LIBSBML_CAT_MODELING_PRACTICE, True)
        document.checkConsistency()
    return found


def complaints(document: libsbml.SBMLDocument) -> list[libsbml.SBMLError]:
    return [document.getError(i) for i in range(document.getNumErrors())]


@pytest.mark.parametrize("name", ["body", "dosed", "tissue", "driven", "person"])
def test_libsbml_finds_no_error(documents: dict[str, libsbml.SBMLDocument], name: str) -> None:
    """All categories: structure, identifiers, MathML, units, modelling practice."""
    document = documents[name]
    wrong = [
        found.getMessage()
        for found in complaints(document)
        if found.getSeverity() >= libsbml.LIBSBML_SEV_ERROR
    ]
    assert not wrong
    assert (document.getLevel(), document.getVersion()) == (3, 2)


@pytest.mark.parametrize("name", ["body", "dosed", "tissue", "driven", "person"])
def test_units_agree_but_where_a_law_takes_an_odd_power_of_one(
    documents: dict[str, libsbml.SBMLDocument], name: str
) -> None:
    """Hill laws of concentrations with parameters as exponents: their parts have no unit, the law has."""
    for found in complaints(documents[name]):
        words = ("_effect_on_hydroxylase", "denosumab_on_osteolysis")
        assert any(word in found.getMessage() for word in words), found.getMessage()


def test_every_quantity_has_a_unit_and_every_number_its_source(dosed: Subject) -> None:
    document = libsbml.readSBMLFromString(sbml_text(dosed.model, dosed.numbers))
    model = document.getModel()
    named = {identity.replace(".", "__") for identity in (*dosed.model.states, *dosed.model.parameters)}
    for identity in (*named, *dosed.model.signals):
        assert model.getParameter(identity).isSetUnits(), identity
    for name, number in dosed.numbers.items():
        if name in dosed.model.parameters:
            quantity = model.getParameter(name.replace(".", "__"))
            notes = html.unescape(quantity.getNotesString())
            assert quantity.getValue() == pytest.approx(number.value, rel=1e-14)  # written with 15 digits
            assert number.source in notes and f"Kind: {number.kind}" in notes and number.species in notes


@pytest.mark.parametrize("name", ["dosed", "tissue"])
def test_unit_definitions_mean_what_calcis_means(
    documents: dict[str, libsbml.SBMLDocument], name: str, dosed: Subject, tissue: Subject
) -> None:
    """Against pint, by way of SI."""
    import pint

    registry = pint.UnitRegistry()
    registry.define("HU = []")  # Hounsfield units are a number of their own scale
    si = {
        libsbml.UNIT_KIND_SECOND: "s",
        libsbml.UNIT_KIND_METRE: "m",
        libsbml.UNIT_KIND_LITRE: "L",
        libsbml.UNIT_KIND_MOLE: "mol",
        libsbml.UNIT_KIND_GRAM: "g",
        libsbml.UNIT_KIND_KELVIN: "K",
        libsbml.UNIT_KIND_DIMENSIONLESS: "1",
    }
    model = documents[name].getModel()
    subject = {"dosed": dosed, "tissue": tissue}[name]
    units = {**subject.model.signals, **subject.model.inputs}
    units |= {key.replace(".", "__"): unit for key, unit in subject.model.parameters.items()}
    units |= {key.replace(".", "__"): state.unit for key, state in subject.model.states.items()}
    for identity, text in units.items():
        meant = registry.Quantity(1.0, "" if text == "1" else text)
        said = registry.Quantity(1.0)
        definition = model.getUnitDefinition(model.getParameter(identity).getUnits())
        for k in range(definition.getNumUnits() if definition else 0):
            unit = definition.getUnit(k)
            one = registry.Quantity(unit.getMultiplier() * 10.0 ** unit.getScale(), si[unit.getKind()])
            said = said * one ** unit.getExponentAsDouble()
        assert said.to(meant.units).magnitude == pytest.approx(1.0, rel=1e-12), (identity, text)


def test_says_what_it_is(body: Subject) -> None:
    text = sbml_text(body.model, body.numbers, title="A & <B>\x07", notes="First.\n\nSecond.")
    document = libsbml.readSBMLFromString(text)
    model = document.getModel()
    notes = model.getNotesString()
    assert model.getName() == "A & <B>"
    assert "<p>First.</p>" in notes and "<p>Second.</p>" in notes
    assert "not medical advice" in notes and f"Calcis {__version__}" in notes
    assert "Bone 46(1):49–63" in notes, "the source of its numbers, in full"


def test_is_written_to_a_file(body: Subject, tmp_path) -> None:
    text = sbml_text(body.model, body.numbers)
    write(tmp_path / "body.xml", text)
    assert (tmp_path / "body.xml").read_bytes() == text.encode()
    assert text == sbml_text(body.model, body.numbers), "the same model gives the same text"


def test_a_repeated_dose_is_one_event(dosed: Subject) -> None:
    jumps = dosed.jumps("teriparatide.subcutaneous", 4857.0, [24.0 * k for k in range(730)])
    jumps += dosed.jumps("denosumab.subcutaneous", 400.0, [0.0, 4368.0])
    document = libsbml.readSBMLFromString(sbml_text(dosed.model, dosed.numbers, jumps=jumps))
    # Days 0 and 182 with both drugs; teriparatide alone between them and after.
    assert document.getModel().getNumEvents() == 4


def test_without_libsbml_says_what_to_install(body: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "libsbml", None)
    with pytest.raises(InputError, match=r"python-libsbml.*pip install"):
        sbml_text(body.model, body.numbers)


def test_a_missing_number_is_named(body: Subject) -> None:
    numbers = {name: number for name, number in body.numbers.items() if name != "kidney.filtration_rate"}
    with pytest.raises(InputError, match=r"kidney\.filtration_rate"):
        sbml_text(body.model, numbers)


def test_an_unknown_state_or_input_is_refused_with_the_nearest(body: Subject, tissue: Subject) -> None:
    with pytest.raises(InputError) as refused:
        sbml_text(body.model, body.numbers, {"plasma.calcum": 1.0})
    assert refused.value.nearest == "plasma.calcium"
    with pytest.raises(InputError) as refused:
        sbml_text(tissue.model, tissue.numbers, inputs={**tissue.inputs, "ph_plsma": 7.4})
    assert refused.value.nearest == "ph_plasma"
    with pytest.raises(InputError, match="every input"):
        sbml_text(tissue.model, tissue.numbers)


# A part that uses everything a law may use, so that each is seen to mean the same elsewhere.


def _every_function(v):
    x, n = v.x / v.size, v.exponent
    repeated = elementary.exp(-x * n)
    return {
        "exp_log": elementary.exp(x) + elementary.log(x) + elementary.log10(x + 2.0),
        "sqrt_tanh": elementary.sqrt(x) * elementary.tanh(x - 1.0) - abs(x - 2.0),
        "powers": elementary.power(x, 3) + elementary.power(x, n) + elementary.power(x, -n) + x**2 + x**-1.5,
        "power_undershoot": elementary.power(1.0 - x, 4) + elementary.power(1.0 - x, n),
        "hill": elementary.hill(v.x, v.size, n) + elementary.hill(x, 1.0, 2),
        "limits": elementary.maximum(x, 1.3) + elementary.minimum(x, n) - elementary.maximum(0.0, x - 1.0),
        "choice": elementary.where(x > 1.1, x / n, 1.0) + elementary.where(x <= 1.1, 5.0, 0.0) * n,
        "counted": elementary.where(x >= 1.0, 1.0, 0.0) + elementary.where(n > 2.0, 0.0, x),
        "both": elementary.where((x > 0.5) * (n < 3.0), 2.0 * x, -x),
        "repeated": repeated / (1.0 + repeated) + repeated * repeated,
        "of_time": v.time / v.span + 0.0 * x,
        "of_neutral": v.nowhere_given + x,
    }


def _everything() -> Part:
    signals = {
        name: Signal("1", lambda v, name=name: _every_function(v)[name])
        for name in (
            "exp_log", "sqrt_tanh", "powers", "power_undershoot", "hill", "limits", "choice", "counted",
            "both", "repeated", "of_time", "of_neutral",
        )
    }  # fmt: skip
    return Part(
        name="every",
        states={"x": State("mmol/L", "first", scale=1e-3)},
        parameters={"first": "mmol/L", "size": "mmol/L", "exponent": "1", "span": "h"},
        needs={"nowhere_given": "1"},
        neutral={"nowhere_given": 0.25},
        gives=signals,
        rates=lambda v: {"x": v.size / v.span * sum(_every_function(v).values())},
    )


def _number(name: str, value: float, unit: str) -> Parameter:
    return Parameter(name, value, unit, "calcis: test", "definition", "any", (value, unit))


@pytest.mark.parametrize("x", [0.2, 0.999, 1.0, 1.1, 1.7, 40.0])
@pytest.mark.parametrize("exponent", [1.5, 2.0, 3.0])
def test_functions_mean_the_same_elsewhere(x: float, exponent: float) -> None:
    """Values and rates of a part that uses every function, at 12 h: within rounding, 1e-13."""
    model = assemble([_everything()])
    values = {"every.first": x, "every.size": 1.0, "every.exponent": exponent, "every.span": 24.0}
    text = sbml_text(
        model, {name: _number(name, value, model.parameters[name]) for name, value in values.items()}
    )
    runner = roadrunner.RoadRunner(text)
    runner.model.setTime(12.0)
    point = model.at({"every.x": x}, values, {}, 12.0)
    for name in model.signals:
        assert runner[name] == pytest.approx(point.signal(name), rel=1e-13, abs=1e-13), name
    assert runner["every__x'"] == pytest.approx(point.rates()["every.x"], rel=1e-13)


def test_jumps_at_one_time_all_start_from_the_state_before() -> None:
    """Two states swap a share while both are dosed: against the arithmetic."""
    part = Part(
        name="pair",
        states={name: State("mmol", "amount", scale=1e-3, dosable=True) for name in ("a", "b")},
        parameters={"amount": "mmol"},
        rates=lambda v: {"a": 0.0, "b": 0.0},
    )
    model = assemble([part])
    jumps = [Jump(2.0, 0, -0.5, 0), Jump(2.0, 1, 0.5, 0), Jump(2.0, 0, 0.25, 1), Jump(2.0, 0, 7.0)]
    text = sbml_text(
        model, {"pair.amount": _number("pair.amount", 8.0, "mmol")}, {"pair.b": 4.0}, jumps=jumps
    )
    runner = roadrunner.RoadRunner(text)
    runner.timeCourseSelections = ["pair__a", "pair__b"]
    before, after = runner.simulate(0.0, 3.0, 4)[[1, 3]]
    assert list(before) == [8.0, 4.0]
    assert list(after) == [8.0 - 4.0 + 1.0 + 7.0, 4.0 + 4.0]


def test_a_law_that_cannot_be_traced_is_refused() -> None:
    part = Part(
        name="bad",
        states={"x": State("1", lambda v: 1.0, scale=1.0)},
        rates=lambda v: {"x": 1.0 if v.x > 2.0 else 0.0},
    )
    with pytest.raises(InputError, match="part 'bad' that can be traced"):
        sbml_text(assemble([part]), {})


def test_a_number_that_was_changed_says_who_changed_it(body: Subject) -> None:
    number = replace(
        body.numbers["kidney.filtration_rate"], value=3.0, shown=(50.0, "mL/min"), changed_by="x.yaml line 9"
    )
    text = sbml_text(body.model, {**body.numbers, number.name: number})
    assert "Given as: 50.0 mL/min. Changed by: x.yaml line 9." in text


def test_series_of_events_happen_when_they_should() -> None:
    """Doses at odd times and intervals, counted by the course of a state that only gains."""
    part = Part(
        name="sum",
        states={"x": State("mmol", lambda v: 0.0, scale=1e-3, dosable=True)},
        rates=lambda v: {"x": 0.0},
    )
    times = np.unique(np.concatenate([0.1 + 0.7 * np.arange(9), 2.0 + 1.1 * np.arange(4), [0.0, 5.55]]))
    text = sbml_text(assemble([part]), {}, jumps=[Jump(float(time), 0, 2.0) for time in times])
    runner = roadrunner.RoadRunner(text)
    grid = np.arange(0.0, 8.0, 0.04)
    runner.timeCourseSelections = ["sum__x"]
    course = np.array(runner.simulate(times=list(grid)))[:, 0]
    clear = np.abs(grid[:, None] - times).min(axis=1) > 1e-6  # not where an output falls on a dose
    assert np.array_equal(course[clear], 2.0 * (grid[:, None] >= times).sum(axis=1)[clear])
