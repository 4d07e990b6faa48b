"""What does a name mean: a parameter, signal, state, part, drug, disease, tissue, injury, body ...?

Value, unit, full source, kind and species of a number; who gives a signal and who needs it.  Bodies have
parts, numbers and signals of the same name: each body answers with its own.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib import import_module
from typing import Any

from calcis.body import CLAMPED, body_parts
from calcis.case import packaged
from calcis.case.disease import Disease
from calcis.case.plasma import OFFERED
from calcis.case.tissues import Tissue
from calcis.chemistry.attenuation import EFFECTIVE_ENERGY, radiodensity_per_mass
from calcis.chemistry.mineral import HIGHEST, LOWEST, MIDDLE, Mineral, minerals, solubility
from calcis.clinical.history import conditions, medicines
from calcis.drug_words import drug_facts, history_facts, moved_by, procedure_facts, shown
from calcis.drugs import SITES, drug_part
from calcis.errors import InputError, nearest
from calcis.parameters import KINDS, Parameter, data_path, read_data, read_parameters
from calcis.part import Part
from calcis.quantities import quantities
from calcis.reference_ranges import ReferenceRange
from calcis.references import in_full
from calcis.tissue import PARTS as TISSUE
from calcis.tissue.injuries import KINDS as INJURIES
from calcis.tissue.surgery import CLOSED
from calcis.tissue.surgery import KINDS as OPERATIONS
from calcis.wording import span

_ROOMS = ("drugs", "sites", "tissue", "chemistry", "injuries", "surgery")  # numbers that every body shares


@dataclass(frozen=True)
class Explanation:
    """What one name means: `sort` (parameter, signal, ...), and facts as label -> text, in order."""

    name: str
    sort: str
    facts: dict[str, Any]


def explain(name: str) -> list[Explanation]:
    """Everything that `name` means; a bare name may mean a number in several parts.

    Raises InputError with the nearest valid name where it means nothing.
    """
    wanted = name.strip()
    valid: list[str] = []
    found = []
    for known, explanation in _every_name():
        valid.append(known)
        if wanted.lower() in (known.lower(), known.rpartition(".")[2].lower()):
            found.append(explanation)
    if not found:
        bare = [known.rpartition(".")[2] for known in valid]
        like = nearest(wanted, valid if "." in wanted else bare)
        raise InputError(
            "the name of a parameter, signal, state, part, drug, mineral, disease, tissue, injury or body",
            repr(name),
            nearest=like,
        )
    return [make() for make in found]


def explainable() -> dict[str, list[str]]:
    """What can be explained, by sort; a part explains what its own numbers, signals and states are called."""
    words = packaged()
    parts = list(dict.fromkeys(part.name for part in _parts()))
    given = {name for part in _parts() for name in part.gives}
    return {
        "bodies": list(words.bodies),
        "diseases": list(words.diseases),
        "tissues": list(words.tissues),
        "injuries": list(words.injuries),
        "drugs": list(words.drugs),
        "minerals": list(minerals()),
        "parts": [name for name in parts if name not in words.drugs],
        "signals": [name for name in quantities() if name in given],
        "operations": list(OPERATIONS),
        "procedures": list(words.procedures),
        "conditions": list(conditions()),
        "medicines": list(medicines()),
    }


@cache
def _every_name() -> tuple[tuple[str, Callable[[], Explanation]], ...]:
    return tuple(_everything())


def _everything() -> Iterator[tuple[str, Callable[[], Explanation]]]:
    """Every name with a function that explains it."""
    words = packaged()
    for body in words.bodies:
        yield body, partial(_body, body)
    for disease in words.diseases.values():
        yield disease.name, partial(_disease, disease)
    for procedure in words.procedures.values():
        yield procedure.name, partial(_facts, procedure, "procedure", procedure_facts)
    for injury in words.injuries:
        yield injury, partial(_injury, injury)
    for operation in OPERATIONS:
        yield operation, partial(_operation, operation)
    for drug in words.drugs.values():
        for name in drug.names:
            yield name, partial(_facts, drug, "drug", drug_facts)
    for sort, found in (("condition", conditions()), ("medicine", medicines())):
        for one in found.values():
            for name in (one.name, *one.also):
                yield name, partial(_facts, one, sort, history_facts)
    for name, mineral in minerals().items():
        yield name, partial(_mineral, mineral)
    for tissue in words.tissues.values():
        yield tissue.name, partial(_tissue, tissue)
    for world in (None, *words.bodies):
        yield from _every_name_in(world)
    parts = _parts()
    given = {name for part in parts for name in part.gives}
    for name in dict.fromkeys(need for part in parts for need in part.needs if need not in given):
        yield name, partial(_signal, name, None, parts, None)


def _every_name_in(body: str | None) -> Iterator[tuple[str, Callable[[], Explanation]]]:
    """Every name of the parts of a body; without one, of those that every body shares."""
    own = _shared() if body is None else body_parts(body)
    near = _parts() if body is None else [*own, *_shared()]
    for name, parameter in _numbers(body).items():
        yield name, partial(_parameter, parameter, {part.name: part for part in own}, body)
    for part in own:
        if part.name not in packaged().drugs:
            yield part.name, partial(_part, part, body)
        for name in part.gives:
            yield name, partial(_signal, name, part, near, body)
        for name in part.states:
            yield f"{part.name}.{name}", partial(_state, name, part, body)


def _shared() -> list[Part]:
    """The Parts that stand beside any body."""
    sites = [site.part for site in SITES.values()]
    return [*TISSUE, *sites, *(drug_part(drug) for drug in packaged().drugs)]


def _parts() -> list[Part]:
    """Every Part that there is."""
    return [*_shared(), *(part for body in packaged().bodies for part in body_parts(body))]


@cache
def _numbers(body: str | None = None) -> dict[str, Parameter]:
    """The numbers of a body; without one, those that every body shares."""
    if body is not None:
        path = data_path("body", f"{body}.yaml")
        return read_parameters(path) if path.is_file() else {}
    found: dict[str, Parameter] = {}
    for room in _ROOMS:
        for path in sorted(data_path(room).glob("*.yaml")):
            if "parts" in read_data(path).data:  # minerals are no numbers of a Part
                found |= read_parameters(path)
    return found


def _parameter(parameter: Parameter, parts: dict[str, Part], body: str | None) -> Explanation:
    part, _, name = parameter.name.partition(".")
    inside = parts[part].parameters.get(name) if part in parts else None
    facts: dict[str, Any] = {"value": parameter.shown[0], "unit": parameter.shown[1]}
    facts["kind"] = f"{parameter.kind}: {KINDS.get(parameter.kind, '')}"
    facts["species"] = parameter.species
    if parameter.spread is not None:
        facts["between persons"] = _spread(parameter.spread)
    facts["source"] = in_full(parameter.source)
    if parameter.range is not None:
        facts["may be"] = f"{parameter.range[0]:g} to {parameter.range[1]:g} {parameter.unit}".removesuffix(
            " 1"
        )
    if parameter.note:
        facts["note"] = parameter.note
    if parameter.script:
        facts["refitted by"] = parameter.script
    facts |= _of(body)
    if part in parts:
        facts["number of"] = _who(parts[part])
        facts["used by"] = _users(parts[part], name)
    if inside is not None and inside != parameter.unit:
        facts["unit inside the laws"] = inside
    facts["to change it"] = f"changes: {{{parameter.name}: {shown(parameter)}}}"
    return Explanation(parameter.name, "parameter", facts)


def _spread(spread: Parameter) -> str:
    low, high = math.exp(-spread.value), math.exp(spread.value)
    return f"two thirds have {low:.2g} to {high:.2g} times that ({spread.kind}: {spread.source})"


def _range(one: ReferenceRange) -> str:
    low, (high, unit) = one.low.shown[0], one.high.shown
    return f"{low:g} to {high:g} {unit}" + (f", {one.whose}" if one.whose else "")


def _signal(name: str, giver: Part | None, parts: Sequence[Part], body: str | None) -> Explanation:
    users = [part for part in parts if name in part.needs]
    unit = giver.gives[name].unit if giver else users[0].needs[name]
    facts: dict[str, Any] = {"unit": unit}
    quantity = quantities().get(name)
    if quantity is not None:
        facts["what it is"] = quantity.title
        if quantity.ranges:
            said = [_range(one) for one in quantity.ranges]
            facts["reference range"] = said[0] if len(said) == 1 else said
            sources = dict.fromkeys(in_full(one.low.source) for one in quantity.ranges)
            facts["source of the range"] = "\n".join(sources)
    law = giver.gives[name].law if giver else None
    text = (law.__doc__ or "").strip() if law else ""
    if text:
        facts["law"] = " ".join(text.split())
    facts |= _of(body)
    if giver:
        facts["made from"] = ", ".join(_read_by(giver.gives[name].law)) or "a constant"
    facts["given by"] = _who(giver) if giver else "nobody yet; a case without it uses its neutral value"
    moved = moved_by(name, giver)
    if moved:
        facts["moves"] = moved
    facts["needed by"] = [part.name for part in users] or "no part; it is for reading"
    return Explanation(name, "signal", facts)


def _state(name: str, part: Part, body: str | None) -> Explanation:
    state = part.states[name]
    facts: dict[str, Any] = {"unit": state.unit, **_of(body), "state of": _who(part)}
    if isinstance(state.start, str):
        facts["starts at"] = f"{part.name}.{state.start}"
    if state.dosable:
        facts["doses"] = "may be given into it"
    return Explanation(f"{part.name}.{name}", "state", facts)


def _part(part: Part, body: str | None) -> Explanation:
    own = {
        name.partition(".")[2]: f"{shown(one)} ({one.kind})"
        for name, one in _numbers(body).items()
        if name.partition(".")[0] == part.name
    }
    facts: dict[str, Any] = {"what it is": _who(part), **_of(body)}
    facts |= {
        "states": {name: state.unit for name, state in part.states.items()},
        "needs": ", ".join(part.needs),
        "gives": {name: signal.unit for name, signal in part.gives.items()},
        "numbers": own,
    }
    return Explanation(part.name, "part", {label: fact for label, fact in facts.items() if fact})


def _facts(one: Any, sort: str, facts: Callable[[Any], dict[str, Any]]) -> Explanation:
    return Explanation(one.name, sort, facts(one))


def _mineral(mineral: Mineral) -> Explanation:
    low, middle, high = (solubility(mineral, end).log_ksp() for end in (LOWEST, MIDDLE, HIGHEST))
    dissolved = (f"{count:g} {name}".removeprefix("1 ") for name, count in mineral.dissolves_to.items())
    facts: dict[str, Any] = {"what it is": mineral.title, "dissolves to": " + ".join(dissolved)}
    facts["solubility"] = f"lg Ksp {middle:.2f} at 37 °C" + (
        f", {low:.2f} to {high:.2f} by source" if high - low > 0.005 else ", of one source"
    )
    facts["formula mass"] = f"{mineral.formula_mass:.2f} g/mol"
    facts["density"] = f"{mineral.density:g} g/mL"
    facts["in computed tomography"] = (
        f"{radiodensity_per_mass(mineral):.2f} Hounsfield units per mg/mL at {EFFECTIVE_ENERGY:g} keV"
    )
    facts["numbers"] = {name: f"{shown(one)} ({one.kind})" for name, one in mineral.numbers.items()}
    facts["notes"] = {name: one.note for name, one in mineral.numbers.items() if one.note}
    named: dict[str, list[str]] = {}
    for name, one in mineral.numbers.items():
        named.setdefault(one.source.partition(":")[0].strip(), []).append(name)
    facts["sources"] = {", ".join(names): in_full(key) for key, names in named.items()}
    facts["how supersaturated a fluid is"] = "calcis saturation"
    return Explanation(mineral.name, "mineral", {label: fact for label, fact in facts.items() if fact})


def _disease(disease: Disease) -> Explanation:
    changes = {change.name: change for change in disease.changes}
    facts: dict[str, Any] = {"what it is": disease.title}
    facts["a set of changes"] = {name: change.words.partition(": ")[2] for name, change in changes.items()}
    facts["notes"] = {name: change.note for name, change in changes.items() if change.note}
    arguments = {
        name: f"{changes[one.sets[0]].words.partition(': ')[2]}, unless a case says otherwise; "
        f"from {one.least} to {one.most}: {one.title}"
        for name, one in disease.arguments.items()
    }
    facts["a case may give"] = arguments
    given = ", ".join(f"{name}: {text.partition(',')[0]}" for name, text in arguments.items())
    facts["in a case"] = f"disease: {{{disease.name}: {{{given}}}}}" if given else f"disease: {disease.name}"
    after = disease.steady_after
    facts["steady"] = f"never: {disease.never_steady}" if after is None else f"after {span(after)}"
    bodies = [body for body in packaged().bodies if not disease.lacking(packaged().parameters(body))]
    facts["with body"] = ", ".join(bodies)
    facts["kinds"] = ", ".join(dict.fromkeys(change.kind for change in disease.changes if change.kind))
    facts["sources"] = list(dict.fromkeys(in_full(one.source) for one in disease.changes if one.source))
    return Explanation(disease.name, "disease", {label: fact for label, fact in facts.items() if fact})


def _tissue(tissue: Tissue) -> Explanation:
    changes, volume = tissue.changes, tissue.volume
    facts: dict[str, Any] = {"what it is": tissue.title}
    if volume is not None:
        facts["organ"] = (
            f"{shown(volume)} in an adult{f', {tissue.sex}' if tissue.sex else ''} ({volume.kind})"
        )
        facts["source of the volume"] = in_full(volume.source) + (f" {volume.note}" if volume.note else "")
    facts["a set of changes"] = {change.name: change.words for change in changes}
    facts["sources"] = list(dict.fromkeys(in_full(change.source) for change in changes if change.source))
    notes = [change.note for change in changes if change.note]
    if notes:
        facts["note"] = notes if len(notes) > 1 else notes[0]
    return Explanation(tissue.name, "tissue", {label: fact for label, fact in facts.items() if fact})


def _injury(name: str) -> Explanation:
    kind = INJURIES[name]
    keys = (
        "kind",
        "at",
        "shape",
        "killed",
        *(f"{key} (such as {value})" for key, value in kind.keys.items()),
    )
    numbers = {key: one for key, one in _numbers().items() if key.startswith(f"{name}.")}
    facts: dict[str, Any] = {"what it does": kind.what, "keys in a case": ", ".join(keys)}
    facts["numbers"] = {key: f"{shown(one)} ({one.kind})" for key, one in numbers.items()}
    facts["notes"] = {key: one.note for key, one in numbers.items() if one.note}
    return Explanation(name, "injury", facts)


def _operation(name: str) -> Explanation:
    facts: dict[str, Any] = {"what it does": OPERATIONS[name]}
    facts["in a case"] = f"{name}: {{at: 180 d, {'margin: 2 mm' if name == CLOSED else 'share: 0.8'}}}"
    own = {key: one for key, one in _numbers().items() if key.startswith(f"{name}.")}
    facts["numbers"] = {key: f"{shown(one)} ({one.kind})" for key, one in own.items()}
    return Explanation(name, "operation", facts)


def _body(name: str) -> Explanation:
    facts: dict[str, Any] = {
        "what it is": " ".join((import_module(f"calcis.body.{name}").__doc__ or "").split())
    }
    if name == CLAMPED:
        facts["what a case gives with it"] = f"plasma: {{{', '.join(f'{key}: ...' for key in OFFERED)}}}"
    else:
        facts["parts"] = [part.name for part in body_parts(name)]
    return Explanation(name, "body", facts)


def _of(body: str | None) -> dict[str, Any]:
    """Which body something belongs to; nothing where every body shares it."""
    return {} if body is None else {"of body": body}


def _users(part: Part, name: str) -> list[str]:
    """The laws of a part that use one of its parameters."""
    laws: dict[str, Any] = {f"signal {give}": signal.law for give, signal in part.gives.items()}
    laws["rates of its states"] = part.rates
    laws |= {f"start of {state}": one.start for state, one in part.states.items()}
    return [where for where, law in laws.items() if law == name or (callable(law) and name in _read_by(law))]


def _read_by(law: Callable[[Any], Any]) -> list[str]:
    """What a law reads, in its order: found by tracing it, so that no way of naming escapes."""
    reader = _Reader()
    law(reader)
    return list(reader.__dict__)


class _Reader:
    """Stands for `v` in a law and gives a symbol for every name, kept as an attribute."""

    def __getattr__(self, name: str) -> Any:
        import casadi

        self.__dict__[name] = casadi.SX.sym(name)
        return self.__dict__[name]


def _who(part: Part) -> str:
    """A part's name, and the question that its file answers; of a drug, what it is."""
    if part.name in packaged().drugs:
        return f"{part.name} ({packaged().drugs[part.name].what})"
    laws = [part.rates, *(signal.law for signal in part.gives.values())]
    for law in laws:
        module = sys.modules.get(law.__module__)
        if module is not None and not law.__module__.endswith("part") and module.__doc__:
            return f"{part.name} ({module.__doc__.strip().splitlines()[0]})"
    return part.name
