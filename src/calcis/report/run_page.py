"""How does a run become one page that a clinician can read, print and check?

The answer first, then what was simulated, the courses, and every number with its source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from markupsafe import Markup

from calcis import __version__
from calcis.case import packaged
from calcis.imaging.pictures import SpacePictures
from calcis.laboratory import laboratory
from calcis.page import Citations, environment
from calcis.parameters import KINDS, Parameter
from calcis.quantities import pretty, quantities
from calcis.reading import parse_yaml
from calcis.report.comparison import in_a_sentence, outcomes, why_more
from calcis.report.matching import matching
from calcis.report.organ_table import organ_table
from calcis.report.pictures import Pictures
from calcis.report.summary import Fact, key_facts, sentences, titled, whatever_is_done, whom
from calcis.results.store import Arm, Finding, Run
from calcis.wording import digits, listed, moment, span

_FACTS = ("tissue", "injury", "injury_at", "killed", "volume")  # told of a lesion where all arms share them


def render(run: Run, system: str = "si") -> str:
    """The report of a run as one self-contained HTML page; `system` of units is `si` or `us`."""
    page = _Page(run, system)
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            run=run,
            version=__version__,
            title=titled(run),
            about=_about(run),
            shared=[(one.level, one.text, page.source(one.source)) for one in page.shared],
            arms=[page.arm(index, arm) for index, arm in enumerate(run.arms.values())],
            labs=page.labs(),
            individual=matching(run, system),
            variation=page.variation(),
            values=page.values(),
            outcomes=[(page.pictures.mark(one.arm), one) for one in outcomes(run)],
            in_a_sentence=in_a_sentence(run),
            why_more=why_more(run),
            story=page.story(),
            facts=_facts(run),
            lesion=page.pictures.lesion(),
            space=in_space(run),
            organs=organ_table(run),
            groups=page.pictures.groups(),
            fluxes=page.pictures.fluxes(),
            listed=listed,
            dosed=any(arm.doses for arm in run.arms.values()),
            assumed=[page.number(one) for one in run.parameters if one.kind == "assumed"],
            others=[page.number(one) for one in run.parameters if one.kind != "assumed"],
            borrowed=_borrowed(run),
            kinds={kind: KINDS.get(kind, "set by the case") for kind in _kinds(run)},
            ranges=page.ranges(),
            ledger=sorted({name for arm in run.arms.values() for name in _books(arm)}),
            digits=digits,
            span=span,
            moment=lambda at: moment(at, run.every),
            references=page.references(),
        )
    )


@dataclass
class _Page:
    """Builds the pieces of one report."""

    run: Run
    system: str
    citations: Citations = field(default_factory=Citations)

    @property
    def pictures(self) -> Pictures:
        return Pictures(self.run, self.system)

    @cached_property
    def shared(self) -> tuple[Finding, ...]:
        """What is urgent in the person, whatever is done."""
        return whatever_is_done(self.run)

    def source(self, source: str | None) -> Markup:
        """A source as a link into the list of references, with the place in it."""
        return self.citations.link(source)

    def references(self) -> list[tuple[int, str]]:
        """Number and full text of what was named; those to cite for the run are among them."""
        for key in self.run.cite:
            self.source(key)
        return self.citations.listed()

    def arm(self, index: int, arm: Arm) -> dict[str, Any]:
        order = {"urgent": 0, "warning": 1, "info": 2}
        told = [one for one in arm.findings if one.text != arm.failure and one not in self.shared]
        findings = sorted(told, key=lambda finding: order.get(finding.level, 3))
        return {
            "name": arm.name,
            "swatch": self.pictures.mark(arm.name),
            "treatment": arm.treatment,
            "doses": _doses(arm),
            "failure": arm.failure,
            "findings": [(one.level, one.text, self.source(one.source)) for one in findings],
            "sentences": sentences(self.run, arm, self.system),
            "changes": [self.number(change) for change in arm.changes],
            "ledger": {key: f"{part:.1e}" if part == part else "" for key, part in _books(arm).items()},
        }

    def story(self) -> dict[str, Any] | None:
        """What happened in the lesion of each arm, step by step; what all arms share comes first, once.

        And the assumed numbers that decide most of each step.
        """
        if not any(arm.lesion_facts.get("story") for arm in self.run.arms.values()):
            return None
        told = {name: self._steps(arm) for name, arm in self.run.arms.items()}
        whole = [told[arm.name] for arm in self.run.arms.values() if not arm.failure]
        shared = [one for one in whole[0] if all(one in steps for steps in whole)] if len(whole) > 1 else []
        rests: dict[str, dict[str, None]] = {}
        for step in (one for steps in sorted(told.values(), key=len, reverse=True) for one in steps):
            rests.setdefault(step["title"], {}).update(dict.fromkeys(step["rests_on"]))
        numbers = {one.name: one for one in self.run.parameters if one.kind == "assumed"}
        assumed = [
            (title, [self.number(numbers[name]) for name in names if name in numbers])
            for title, names in rests.items()
        ]
        return {
            "shared": shared,
            "arms": [
                (
                    self.run.arms[name],
                    self.pictures.mark(name),
                    [one for one in steps if one not in shared],
                )
                for name, steps in told.items()
            ],
            "assumed": [(title, numbers) for title, numbers in assumed if numbers],
            "count": len({number["name"] for _, numbers in assumed for number in numbers}),
        }

    def _steps(self, arm: Arm) -> list[dict[str, Any]]:
        """The chapters of an arm's story; before it what to mind of the arm, behind it what its blood did."""
        chapters = list(arm.lesion_facts.get("story", ()))
        known = {arm.lesion_facts.get("headline"), *(one["text"] for one in chapters)}
        known |= {one.text for one in arm.findings if one.level == "urgent"}  # on top of the page
        mind = [(one.level, one.text) for one in arm.findings if one.text not in known | {arm.failure}]
        said = [("urgent", "Failed", arm.failure)] if arm.failure else []
        said += [(level, "To mind", text) for level, text in mind]
        blood = " ".join(sentences(self.run, arm, self.system))
        behind = [("info", "Blood", blood)] if blood else []

        def step(level: str, title: str, text: str) -> dict[str, Any]:
            return {"title": title, "when": "", "text": text, "level": level, "rests_on": []}

        return [*(step(*one) for one in said), *chapters, *(step(*one) for one in behind)]

    def labs(self) -> dict[str, Any] | None:
        """What was measured in the person's blood, what follows from it, and what to mind of it."""
        found = laboratory(self.run.case_text, self.system, found=self.run.individual is not None)
        if found is None:
            return None
        return {
            "measured": [(row, self.source(row.source)) for row in found.measured],
            "derived": [(row, self.source(row.source)) for row in found.derived],
            "remarks": [(one.level, one.text, self.source(one.source)) for one in found.remarks],
            "simulated": found.simulated,
            "used": found.used,
        }

    def variation(self) -> list[tuple[str, list[tuple[str, str, Markup]]]]:
        """By how much each lab varies in an unchanged person: what varies, how much, and its source."""
        found = matching(self.run, self.system)
        told = []
        for title, numbers in () if found is None else found.variation:
            said = [(one.name.partition(".")[2].replace("_", " "), one) for one in numbers]
            rows = [
                (what, f"{one.shown[0]:g} {pretty(one.shown[1])}", self.source(one.source))
                for what, one in said
            ]
            told.append((title, rows))
        return told

    def values(self) -> list[tuple[Fact, list[Fact | None]]]:
        """Row by row of the table of key values: the quantity, and its fact in each arm."""
        facts = [
            {one.quantity.name: one for one in key_facts(self.run, arm, self.system)}
            for arm in self.run.arms.values()
        ]
        names = dict.fromkeys(name for found in facts for name in found)
        rows = [(name, [found.get(name) for found in facts]) for name in names]
        return [(next(one for one in row if one), row) for _, row in rows]

    def ranges(self) -> list[tuple[str, str, Markup]]:
        """The reference ranges shown, with their sources."""
        shown = []
        for quantity in quantities().values():
            ends = self.pictures.range(quantity)
            there = any(quantity.name in arm.body_series for arm in self.run.arms.values())
            found = quantity.reference(whom(self.run))
            if ends and found and there:
                text = f"{digits(ends[0])} to {digits(ends[1])} {quantity.unit(self.system)}"
                whose = f" ({found.whose})" if found.whose else ""
                shown.append((quantity.title, text + whose, self.source(found.low.source)))
        return shown

    def number(self, parameter: Parameter) -> dict[str, Any]:
        value, unit = parameter.shown
        return {
            "name": parameter.name,
            "value": f"{value:.6g}",
            "unit": pretty(unit),
            "kind": parameter.kind,
            "species": parameter.species,
            "source": self.source(parameter.source),
            "note": parameter.note,
            "by": parameter.changed_by,
        }


def in_space(run: Run) -> dict[str, Any] | None:
    """Pictures of a lesion that was simulated in space."""
    fields = {name: found for name, arm in run.arms.items() if (found := arm.fields) is not None}
    if not fields:
        return None
    numbers = {one.name: one.value for one in run.parameters}
    lesion = parse_yaml(run.case_text, "the case").data.get("lesion") or {}
    return SpacePictures(
        fields,
        stained=numbers["story.mineral_stainable"],
        seen_on_ct=numbers["story.mineral_ct"],
        seen_on_radiograph=numbers["story.mineral_radiographic"],
        calcium_mass=numbers["story.calcium_mass"],
        perfused=lesion.get("border") == "perfused",
    ).told()


def _about(run: Run) -> list[tuple[str, str]]:
    """Who and what was simulated, from the case's own words."""
    case = parse_yaml(run.case_text, "the case").data
    person = case.get("person") or {}
    alone = not person.keys() - {"species"}
    who = [str(value) for value in person.values()] or [run.species]
    rows = [("Species" if alone else "Person", ", ".join(who)), ("Disease", _diseases(case.get("disease")))]
    assumed = f"{span(float(run.individual['hours']))}, assumed" if run.individual else ""
    rows.append(("Lived like that before the run", str(case.get("history") or assumed)))
    body = "given, no body makes it" if run.clamped else run.body.replace("_", " ")
    rows.append(("Plasma or medium" if run.clamped else "Body model", body))
    rows.append(("Simulated", f"{span(float(np.ptp(run.time)))}, shown every {span(run.every)}"))
    return [row for row in rows if row[1]]


def _diseases(given: Any) -> str:
    """What a case says that the person has: titles, and the magnitudes that it gives."""
    named = {given: None} if isinstance(given, str) else given or {}
    known = packaged().diseases
    said = []
    for name, arguments in named.items():
        title = known[name].title if name in known else str(name)
        titles = (
            {argument: one.title for argument, one in known[name].arguments.items()} if name in known else {}
        )
        given_words = ", ".join(
            f"{titles.get(argument, argument)}: {value}" for argument, value in (arguments or {}).items()
        )
        said.append(title + (f" ({given_words})" if given_words else ""))
    return "; ".join(said)


def _books(arm: Arm) -> dict[str, float]:
    """The balances of an arm; of all its organs the worst, quantity by quantity."""
    told: dict[str, float] = {}
    for name, defect in arm.ledger.items():
        organ = name.startswith("organs.")
        key = f"organs.{name.rpartition('.')[2]}" if organ else name
        told[key] = max(defect, told.get(key, 0.0)) if defect == defect else defect
    return told


def _doses(arm: Arm) -> list[str]:
    """How many doses of each drug, and when the first and the last."""
    said = []
    for drug in dict.fromkeys(dose.drug for dose in arm.doses):
        times = [dose.time for dose in arm.doses if dose.drug == drug]
        count = "1 dose" if len(times) == 1 else f"{len(times)} doses"
        when = f"day {times[0] / 24:.3g}" + (f" to day {times[-1] / 24:.3g}" if len(times) > 1 else "")
        said.append(f"{drug}: {count}, {when}")
    return said


def _kinds(run: Run) -> list[str]:
    """The kinds of numbers that occur, in the order in which they are explained."""
    used = dict.fromkeys(one.kind for one in run.parameters)
    return [kind for kind in KINDS if kind in used] + [kind for kind in used if kind not in KINDS]


def _borrowed(run: Run) -> list[tuple[str, int, list[tuple[str, int]]]]:
    """Species other than the case's: how many numbers come from it, and in which parts they are."""
    found = []
    for species, numbers in run.borrowed.items():
        parts: dict[str, int] = {}
        for one in numbers:
            part = one.name.partition(".")[0].replace("_", " ")
            parts[part] = parts.get(part, 0) + 1
        found.append((species, len(numbers), list(parts.items())))
    return found


def _facts(run: Run) -> list[tuple[str, str]]:
    """What the lesions of all arms share."""
    told = [arm.lesion_facts for arm in run.arms.values()]
    shared = [key for key in _FACTS if key in told[0] and all(one.get(key) == told[0][key] for one in told)]
    return [(key.replace("_", " "), _fact_text(told[0][key])) for key in shared]


def _fact_text(value: Any) -> str:
    if isinstance(value, Mapping) and "value" in value:
        number, unit = float(value["value"]), str(value.get("unit", "1"))
        return moment(number) if unit == "h" else f"{digits(number)} {pretty(unit)}".strip()
    return f"{value:.4g}" if isinstance(value, float) else str(value).replace("_", " ")
