"""What is a drug, what does it do in which body, and how much is needed for that?  In words and numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from calcis.body import CLAMPED
from calcis.case import packaged
from calcis.case.disease import Disease
from calcis.case.drugs import Drug
from calcis.clinical.history import Named, conditions
from calcis.clinical.rules import Rule, asks, rules, worded
from calcis.drugs import drug_actions, drug_part
from calcis.drugs.action import Action
from calcis.parameters import Parameter, data_path, read_parameters
from calcis.part import Part
from calcis.references import in_full
from calcis.wording import capital, listed, per_cent

_FILTRATION = 6.0  # L/h, 100 mL/min


def shown(one: Parameter) -> str:
    """A number as a case file would have it: a pure number has no unit."""
    value, unit = one.shown
    return f"{value:g} {unit}".removesuffix(" 1")


def drug_facts(drug: Drug) -> dict[str, Any]:
    """All that is known of a drug, as label -> text, in order."""
    numbers = read_parameters(data_path("drugs", f"{drug.name}.yaml"))
    own = {name.partition(".")[2]: one for name, one in numbers.items()}
    bodies = [body for body in packaged().bodies if body != CLAMPED]
    lacking = {body: packaged().lacks(body, drug.name) for body in bodies}
    own_rules = [rule for rule in rules() if drug.name in rule.drugs]
    named = [*(one.source for one in numbers.values()), *(rule.source for rule in own_rules)]
    keys = dict.fromkeys(source.partition(":")[0].strip() for source in named)
    facts: dict[str, Any] = {
        "what it is": drug.what,
        "routes": dict(drug.routes),
        "dose units": ", ".join(drug.dose_units) + " (each also per kg)",
        "also called": ", ".join(drug.synonyms),
        "taken since before the run": f"disease: {drug.same_as}" if drug.same_as else "",
        "averaged over a course": f"off by up to {drug.averaged} of its effect" if drug.averaged else "",
        "molar mass": shown(drug.molar_mass) if drug.molar_mass else "",
        "kinetics": _kinetics(drug_part(drug.name)),
        "kidneys": _kidneys(own),
        "what it does": [_action(one, own) for one in drug_actions(drug.name)],
        "hard findings": [_finding(rule, drug) for rule in own_rules],
        "not yet": drug.waits or "; ".join(f"{route}: {why}" for route, why in drug.idle.items()),
        "in body": ", ".join(body for body, why in lacking.items() if not why),
        "not in": {body: why for body, why in lacking.items() if why},
        "numbers": {name: f"{shown(one)} ({one.kind})" for name, one in own.items()},
        "notes": {name: one.note for name, one in own.items() if one.note},
        "sources": [in_full(key) for key in keys],
        "where in them": f"calcis explain {drug.name}.{next(iter(own))}, and so on",
    }
    return {label: fact for label, fact in facts.items() if fact}


def history_facts(one: Named) -> dict[str, Any]:
    """What a condition or medicine of a case's history is, and the hard findings that ask for it."""
    name = one.name
    asking = [rule for rule in rules() if name in rule.drugs or asks(rule, name)]
    facts: dict[str, Any] = {
        "what it is": one.title,
        "also called": ", ".join(one.also),
        "implied by disease": ", ".join(one.diseases),
        "in a case": f"{'conditions' if name in conditions() else 'medication'}: [{name}]",
        "hard findings": [f"{_says(rule, rule.drugs)} ({rule.source})." for rule in asking],
    }
    return {label: fact for label, fact in facts.items() if fact}


def procedure_facts(procedure: Disease) -> dict[str, Any]:
    """What is done to a person once, and which numbers are others from then on."""
    facts: dict[str, Any] = {"what it is": procedure.title}
    facts["a set of changes"] = {one.name: one.words.partition(": ")[2] for one in procedure.changes}
    facts["notes"] = {one.name: one.note for one in procedure.changes if one.note}
    facts["in a case"] = f"arms: {{it: [{procedure.name}]}}, from the start of the run on"
    facts["kinds"] = ", ".join(dict.fromkeys(change.kind for change in procedure.changes if change.kind))
    facts["sources"] = list(dict.fromkeys(in_full(one.source) for one in procedure.changes if one.source))
    return facts


def _finding(rule: Rule, drug: Drug) -> str:
    """A rule about a drug: when it holds, what it says, and from where that is."""
    unless = f", unless {' or '.join(map(worded, rule.unless))}" if rule.unless else ""
    when = " and ".join(map(worded, rule.when))
    return f"{rule.level}: {when}{unless}. {_says(rule, [drug.name])} ({rule.source})."


def _says(rule: Rule, drugs: Iterable[str]) -> str:
    names = sorted(name.removeprefix("given_").replace("_", " ") for name in drugs)
    return rule.says.format(Drug=capital(listed(names, "or")))


def moved_by(signal: str, giver: Part | None) -> list[str]:
    """What a signal of a drug moves in bodies."""
    if giver is None or giver.name not in packaged().drugs:
        return []
    on = [action.on for action in drug_actions(giver.name) if action.signal == signal]
    return [f"{target} of {body}" for one in on for body, targets in one.items() for target in targets]


def _kinetics(part: Part) -> str:
    """Where a drug is in the body."""
    places = [name.replace("_", " ") for name, one in part.states.items() if one.unit != "1"]
    return f"amounts ({next(iter(part.states.values())).unit}) in {', '.join(places)}"


def _kidneys(numbers: dict[str, Parameter]) -> str:
    """What a drug's clearance owes to the kidneys, and what a body with fewer nephrons does to it."""
    if "clearance" not in numbers:
        return ""
    if "renal_share" not in numbers:
        return "its clearance does not follow the filtration rate of the body"
    filtered = numbers["renal_share"].value * _FILTRATION
    whole = filtered + numbers["clearance"].value + getattr(numbers.get("bone_clearance"), "value", 0.0)
    share, of_all = numbers["renal_share"].value, per_cent(filtered / whole)
    return (
        f"clear {share:g} of what the body filters, {of_all} of all that leaves plasma at 100 mL/min, "
        "and less as the body filters less"
    )


def _action(action: Action, numbers: dict[str, Parameter]) -> str:
    """What a drug moves, in words and numbers."""
    own = {name.removeprefix(f"{action.name}_"): one for name, one in numbers.items()}
    targets = [f"{', '.join(names)} of {body}" for body, names in action.on.items()]
    moved = "; ".join(targets) or action.signal
    if action.law == "adds":
        said = f"adds to {moved} {shown(own['gain'])} times {action.by}"
    elif action.law == "binds":
        said = f"binds half of what is free ({moved}) at {shown(own['half'])} of {action.by}"
        said += ", two thirds at twice that"
    else:
        most = own["maximum"]
        share = f"by up to {100.0 * most.value:.3g} %"
        verbs = {"inhibits": f"lowers {moved} {share}", "stimulates": f"raises {moved} {share}"}
        said = verbs.get(action.law, f"adds to {moved} up to {shown(most)}")
        said += f", half of that at {shown(own['half'])} of {action.by}"
    after = f", {shown(own['time'])} later" if action.delayed else ""
    fades = f", until it escapes, in {shown(own['escape_time'])} where it is held" if action.escape else ""
    return f"{said}{after}{fades}"
