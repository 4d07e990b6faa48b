"""How does a Model leave Calcis?  As SBML Level 3 Version 2, from the laws it is solved with.

Every parameter is an SBML parameter with its unit and its source, every signal an assignment rule,
every state a parameter with a rate rule.  Dotted names become ids with two underscores:
`kidney.filtration_rate` is `kidney__filtration_rate`; signals keep their names.  Time is in hours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

from calcis import __version__
from calcis.errors import InputError, nearest
from calcis.exchange.sbml_events import Series, in_series, infusion_series, jump_series, write_events
from calcis.exchange.sbml_formula import Formula, formulas
from calcis.exchange.sbml_terms import identifier
from calcis.exchange.sbml_units import Measure, Units, measure
from calcis.parameters import Parameter
from calcis.part import Model, Part, Signal, State
from calcis.references import references
from calcis.solve.schedule import Drive, Infusion, Jump

Lines = list[tuple[float, float, float]]  # from when (h), value then, slope (1/h) of a driven signal

_ABOUT = (
    "For research and education. Not a medical device; not medical advice. "
    f"Written by Calcis {__version__}. Times are hours; every quantity carries its unit."
)


def sbml_text(
    model: Model,
    parameters: Mapping[str, Parameter],
    start: Mapping[str, float] | None = None,
    *,
    jumps: Iterable[Jump] = (),
    infusions: Iterable[Infusion] = (),
    inputs: Mapping[str, float] | None = None,
    drive: Drive | None = None,
    title: str = "Calcis model",
    notes: str = "",
) -> str:
    """SBML text of a model with its parameters, and with what is done to it.

    `parameters` and `start` by dotted name, in the units of the laws; states that `start` does not
    have begin as their parts say.  `jumps` and `infusions` are those of a solver's Lane.  Signals driven
    from outside are given by their constant values, `inputs`, or by the steps and straight lines of a
    `drive`.  `notes` is plain text for the reader.

    Raises InputError for a missing or unknown name, for a drive that is curved, and where python-libsbml
    is not installed.
    """
    libsbml = _libsbml()
    document = libsbml.SBMLDocument(3, 2)
    target = document.createModel()
    courses = {name: [(0.0, value, 0.0)] for name, value in (inputs or {}).items()}
    if drive is not None:
        courses = {name: _lines(drive, k) for k, name in enumerate(model.inputs)}
    _Export(libsbml, target, model, parameters).write(start or {}, jumps, infusions, courses)
    target.setId("calcis_model")
    target.setName(_plain(title))
    sources = {parameters[name].source.partition(":")[0].strip() for name in model.parameters}
    paragraphs = [title, *notes.split("\n\n"), _ABOUT, "Sources of its numbers, to be cited:"]
    paragraphs += [f"{key}: {full}" for key, full in references().items() if key in sources]
    target.setNotes(_xhtml(paragraphs))
    return str(libsbml.writeSBMLToString(document))


def write(path: str | Path, text: str) -> None:
    """Write SBML text to a file."""
    Path(path).write_text(text, encoding="utf-8")


def _libsbml() -> Any:
    try:
        import libsbml
    except ImportError:
        raise InputError("python-libsbml for SBML: pip install python-libsbml", "none installed") from None
    return libsbml


def _plain(text: str) -> str:
    """Text without what XML refuses; a title comes from a user."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _xhtml(paragraphs: Iterable[str]) -> str:
    text = "".join(f"<p>{escape(plain)}</p>" for paragraph in paragraphs if (plain := _plain(paragraph)))
    return f'<body xmlns="http://www.w3.org/1999/xhtml">{text}</body>'


class _Export:
    """Writes one Model into one libSBML model."""

    def __init__(self, libsbml: Any, target: Any, model: Model, parameters: Mapping[str, Parameter]) -> None:
        self.libsbml, self.target, self.model, self.parameters = libsbml, target, model, parameters
        _check(model.parameters, parameters, "a value for every parameter")
        self.units = Units()
        self.measures: dict[str, Measure] = {}
        self.settings = libsbml.L3ParserSettings()
        self.settings.setParseCollapseMinus(True)
        self.settings.setModel(target)

    def write(
        self,
        start: Mapping[str, float],
        jumps: Iterable[Jump],
        infusions: Iterable[Infusion],
        inputs: Mapping[str, Lines],
    ) -> None:
        """Everything but title and notes."""
        model, infusions = self.model, list(infusions)
        _check(start, model.states, "a state of this model")
        _check(inputs, model.inputs, "an input of this model")
        _check(model.inputs, inputs, "a value for every input")
        hour = self.units.identity("h")
        self.measures["time"] = measure("h")
        self.target.setTimeUnits(hour)
        for name, unit in model.parameters.items():
            number = self.parameters[name]
            self._quantity(identifier(name), name, unit, number.value, notes=_sourced(number))
        series = [
            one for name, unit in model.inputs.items() for one in self._driven(name, unit, inputs[name])
        ]
        for name, state in model.states.items():
            self._quantity(identifier(name), name, state.unit, start.get(name), constant=False)
        states = list(model.states)
        infused = {i: f"{identifier(states[i])}__infusion" for i in sorted({one.target for one in infusions})}
        for index, rate in infused.items():
            unit = f"{model.states[states[index]].unit}/h"
            self._quantity(rate, f"infusion into {states[index]}", unit, 0.0, constant=False)
        for name, unit in model.signals.items():
            self._quantity(name, name, unit, None, constant=False)
        for part in model.parts.values():
            for name, signal in part.gives.items():
                self._assign(part, name, partial(_one_law, name, signal))
        for part in model.parts.values():
            self._start(part, start)
            self._rates(part, {identifier(states[i]): rate for i, rate in infused.items()})
        series += jump_series(jumps, [identifier(name) for name in states], self._literal)
        series += infusion_series(infusions, infused, self._literal)
        write_events(self.target, series, hour, self._parse)
        self.units.define(self.target)

    def _quantity(
        self, identity: str, name: str, unit: str, value: float | None, constant: bool = True, notes: str = ""
    ) -> None:
        if identity in self.measures:
            raise InputError("names that differ as SBML ids", f"{identity!r} twice")
        self.measures[identity] = measure(unit)
        quantity = self.target.createParameter()
        quantity.setId(identity)
        quantity.setName(name)
        quantity.setUnits(self.units.identity(unit))
        quantity.setConstant(constant)
        if value is not None:
            quantity.setValue(float(value))
        if notes:
            quantity.setNotes(_xhtml([notes]))

    def _driven(self, name: str, unit: str, lines: Lines) -> list[Series]:
        """An input, and the events at which it takes another value or slope."""
        if all(slope == 0.0 for _, _, slope in lines):
            self._quantity(name, name, unit, lines[0][1], constant=len(lines) == 1)
            return in_series((start, {name: self._literal(to, name, None)}) for start, to, _ in lines[1:])
        self._quantity(name, name, unit, None, constant=False)
        ids = {"since": "h", "value": unit, "slope": f"{unit}/h"}
        for (what, measured), number in zip(ids.items(), lines[0], strict=True):
            self._quantity(f"{name}__{what}", f"{what} of {name}", measured, number, constant=False)
        rule = self.target.createAssignmentRule()
        rule.setVariable(name)
        rule.setMath(self._parse(f"{name}__value + {name}__slope * (time - {name}__since)"))
        corners = [
            (line[0], zip([f"{name}__{what}" for what in ids], line, strict=True)) for line in lines[1:]
        ]
        return in_series(
            (at, {one: self._literal(to, one, None) for one, to in all_}) for at, all_ in corners
        )

    def _assign(self, part: Part, helper: str, laws: Callable[[Any], Mapping[str, Any]]) -> list[Formula]:
        """Write assignment rules for signals, and for what laws use twice; rates come back."""
        left = []
        for formula in formulas(self.model, part, laws, self.measures, self.units, helper):
            if formula.shared:
                self._helper(formula, part)
            elif formula.target not in self.model.givers:
                left.append(formula)
                continue
            rule = self.target.createAssignmentRule()
            rule.setVariable(formula.target)
            rule.setMath(self._parse(formula.text))
        return left

    def _helper(self, formula: Formula, part: Part) -> None:
        quantity = self.target.createParameter()
        quantity.setId(formula.target)
        quantity.setName(f"used more than once in {part.name}")
        quantity.setConstant(False)
        if formula.measure is not None:
            quantity.setUnits(self.units.made(formula.measure))

    def _rates(self, part: Part, infused: Mapping[str, str]) -> None:
        def laws(scope: Any) -> dict[str, Any]:
            return {identifier(f"{part.name}.{name}"): rate for name, rate in part.rates(scope).items()}

        for formula in self._assign(part, f"{part.name}__rates", laws):
            rule = self.target.createRateRule()
            rule.setVariable(formula.target)
            infusion = infused.get(formula.target)
            rule.setMath(self._parse(f"{formula.text} + {infusion}" if infusion else formula.text))

    def _start(self, part: Part, start: Mapping[str, float]) -> None:
        """Where states begin: a number, or an initial assignment where it follows from parameters."""

        def laws(scope: Any) -> dict[str, Any]:
            return {
                identifier(f"{part.name}.{name}"): _begin(state, scope)
                for name, state in part.states.items()
                if f"{part.name}.{name}" not in start
            }

        for formula in formulas(self.model, part, laws, self.measures, self.units, None):
            if formula.number is not None:
                self.target.getParameter(formula.target).setValue(formula.number)
                continue
            initial = self.target.createInitialAssignment()
            initial.setSymbol(formula.target)
            initial.setMath(self._parse(formula.text))

    def _literal(self, value: float, identity: str, per: str | None) -> str:
        unit = (
            self.measures[identity] if per is None else self.measures[identity].times(self.measures[per], -1)
        )
        return f"({float(value)!r} {self.units.known(unit) or ''})"

    def _parse(self, text: str) -> Any:
        math = self.libsbml.parseL3FormulaWithSettings(text, self.settings)
        if math is None:
            raise InputError("a formula that SBML can say", f"{text!r}: {self.libsbml.getLastParseL3Error()}")
        return math


def _lines(drive: Drive, k: int) -> Lines:
    """Input number k of a drive as corners, without those of other inputs alone."""
    found: list[tuple[float, float, float]] = []
    for start, powers in zip(drive.starts.tolist(), drive.coefficients[:, k].tolist(), strict=True):
        if any(powers[2:]):
            raise InputError("an input of steps and straight lines, to say it in SBML", "a curved one")
        if not found or powers[1] or found[-1][1:] != (powers[0], 0.0):
            found.append((start, powers[0], powers[1]))
    return found


def _one_law(name: str, signal: Signal, scope: Any) -> dict[str, Any]:
    return {name: signal.law(scope)}


def _begin(state: State, scope: Any) -> Any:
    return getattr(scope, state.start) if isinstance(state.start, str) else state.start(scope)


def _check(names: Iterable[str], among: Iterable[str], expected: str) -> None:
    valid = list(among)
    for name in names:
        if name not in valid:
            raise InputError(expected, f"none for {name!r}", nearest=nearest(name, valid))


def _sourced(number: Parameter) -> str:
    """Where a parameter's value comes from, as one sentence each."""
    words = [f"Source: {number.source or 'not given'}", f"Kind: {number.kind}", f"Species: {number.species}"]
    words.append(f"Given as: {number.shown[0]!r} {number.shown[1]}")
    if number.changed_by is not None:
        words.append(f"Changed by: {number.changed_by}")
    if number.note:
        words.append(f"Note: {number.note}")
    return ". ".join(words) + "."
