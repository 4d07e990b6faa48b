"""How is a differential said to a reader: probabilities, reasons, what to measure, what it cannot say?"""

from __future__ import annotations

import math
from collections.abc import Iterator

from calcis.diagnose.answer import Answer
from calcis.diagnose.asked import not_taken
from calcis.diagnose.further import title_of
from calcis.diagnose.hypotheses import Hypothesis
from calcis.diagnose.kinds import Found
from calcis.diagnose.numbers import number
from calcis.wording import about, digits, listed, lowered

CAUTION = "Research and education, not medical advice."
NOBODY = (
    "None of these: fewer than {share:g} % of simulated persons have labs as unlikely as these. Look for "
    "a mistake in values or units, for a treatment that is not told, or a disease that Calcis does not have."
)
EDGE = (
    "These labs lie at the edge of what simulated persons have: only {share} of them have less likely ones. "
    "There small faults of the model decide, and the probabilities are less sure than they look."
)
ASK = (
    "Ask about {name}: the chance is {chance}. If it is taken, name it under `medication`; if not, say "
    "there what is, or `medication: []`."
)
AT_THE_EDGE = 0.02  # share of simulated persons with less likely labs, below which that is said
MOST, LEAST = 6, 0.005  # candidates that are told one by one; the least probability of one
FACTOR = 1.5  # by which what is known of a deposit must move odds to be told
WITH_CAUSES = 0.05  # probability of a kind of which causes are told


def share(value: float) -> str:
    """A probability; small ones with two digits.

    >>> share(0.81), share(0.0011), share(2.6e-7), share(0.9999), share(0.0)
    ('81 %', '0.11 %', '2.60e-5 %', 'more than 99.9 %', '0 %')
    """
    if value >= 0.9995:
        return "100 %" if value >= 1.0 else "more than 99.9 %"
    if value >= 0.1:
        return f"{100.0 * value:.0f} %"
    return f"{about(100.0 * value)} %" if value > 0.0 else "0 %"


def rough(value: float) -> str:
    """A probability of which the order is all that is known.

    >>> rough(0.74), rough(0.0003)
    ('74 %', 'less than 0.1 %')
    """
    return "less than 0.1 %" if 0.0 < value < 0.001 else share(value)


def ratio(value: float) -> str:
    """A likelihood ratio, as what it does to odds.

    >>> ratio(3750.0), ratio(0.02), ratio(1.0)
    ('× 3,800', '÷ 50', '× 1.0')
    """
    if math.isinf(value):
        return "certain"
    if value >= 1.0:
        return f"× {about(value)}" if value < 1e6 else f"× {digits(value)}"
    if value <= 0.0:
        return "excluded"
    return f"÷ {about(1.0 / value)}" if value > 1e-6 else f"÷ {digits(1.0 / value)}"


def because(answer: Answer, hypothesis: Hypothesis) -> str:
    """Which labs speak for a hypothesis, and which against it, beside the others."""
    told = answer.reasons.get(hypothesis, ())
    parts = []
    for side in ("for", "against"):
        labs = [f"{title_of(one.lab)} ({ratio(one.factor)})" for one in told if one.speaks == side]
        if labs:
            parts.append(f"{side} it: {', '.join(labs)}")
    rarer = answer.typical.get(hypothesis, 1.0)
    if rarer < AT_THE_EDGE and answer.found.evidence.labs:
        parts.append(f"hardly anybody with it has such labs: {rough(rarer)} have less likely ones")
    return "; ".join(parts)


def why_kind(found: Found, supersaturated: float) -> str:
    """What speaks for a kind of calcification, and what against it, beside the other kinds."""
    parts = []
    sides = {
        "for": [item for item in found.reasons.items() if item[1] >= FACTOR],
        "against": [item for item in found.reasons.items() if item[1] <= 1.0 / FACTOR],
    }
    for side, told in sides.items():
        if told:
            parts.append(f"{side} it: {', '.join(f'{what} ({ratio(factor)})' for what, factor in told)}")
    if found.kind.needs_blood:
        side = "for" if supersaturated >= 0.5 else "against"
        parts.append(f"{side} it: blood is supersaturated with a probability of {rough(supersaturated)}")
    return "; ".join(sorted(parts, key=lambda part: part.startswith("against")))


def in_a_sentence(answer: Answer) -> str:
    """The answer: the most probable, how it came to be, and how sure that is."""
    found = answer.found
    first, second = found.candidates[0], found.candidates[1]
    if not found.evidence.labs:
        return "No lab here says anything of these diseases."
    if not found.fits:
        return "What follows is least unlike these labs, and no diagnosis."
    moved = math.isfinite(first.ratio) and first.ratio != 1.0
    how = f"; labs move its odds {ratio(first.ratio)}" if moved else ""
    said = f"{first.hypothesis.title}: {share(first.after)} (before labs {share(first.before)}{how})."
    if second.after >= WITH_CAUSES:
        said += f" Then {lowered(second.hypothesis.title)}, {share(second.after)}."
    return said


def beneath(found: Found) -> str:
    """What lies beneath a kind: the first few causes.

    The shares are those among persons with a deposit of that kind.
    """
    told = [(one, part) for one, part in list(found.causes.items())[:3] if part >= 0.02]
    head = "beneath: " if found.kind.metabolic else "with blood as of: "
    return head + ", ".join(f"{one.title} {share(part)}" for one, part in told)


def next_words(answer: Answer) -> list[str]:
    """What to measure next: lab and bits; those that tell next to nothing are left out."""
    return [f"{title_of(one.lab)} {one.bits:.2f}" for one in answer.next if one.bits >= 0.01]


def remarks(answer: Answer) -> Iterator[tuple[str, str]]:
    """What is to be minded: level and sentence."""
    found = answer.found
    if not found.evidence.labs:
        yield (
            "warning",
            "None of these values is one that simulated persons have: probabilities are those before labs.",
        )
    if not found.fits:
        yield "warning", NOBODY.format(share=100 * number("none.share"))
    elif found.rarer < AT_THE_EDGE:
        yield "warning", EDGE.format(share=share(found.rarer))
    yield from (("info", text) for text in answer.asked.remarks)
    for name in not_taken(answer.asked.case.medication):
        chance = found.diseases.get(name, (0.0, 0.0))[1]
        if WITH_CAUSES <= chance <= 1.0 - WITH_CAUSES:
            yield "info", ASK.format(name=lowered(Hypothesis((name,)).title), chance=share(chance))
    for diseases, why in answer.asked.certain:
        yield "info", f"Known beforehand, so that only what has it is compared: {why} ({_titles(diseases)})."
    if answer.kinds is not None:
        yield (
            "info",
            "How often each kind is found, where and how it looks are mostly guesses (kinds.yaml): "
            "an order more than numbers.",
        )
    for lab, why in answer.unused.items():
        yield "info", f"{title_of(lab)} is not used: {why}."
    if answer.asked.case.labs is not None and answer.asked.case.labs.albumin is not None:
        yield "info", "Total calcium is compared with that of persons who have this albumin."
    if found.setting.times:
        yield (
            "info",
            "Sex and age count for how common is: "
            f"{listed([_times(name, one.value) for name, one in found.setting.times.items()])}.",
        )
    guesses = [one for one in found.setting.prevalence.values() if one.kind == "assumed"]
    if guesses:
        yield (
            "info",
            f"How common diseases are in this setting is assumed for {len(guesses)} of "
            f"{len(found.setting.prevalence)}, and what the labs do to odds depends on what else is common. "
            "Another setting with --setting; `even` presumes nothing.",
        )


def _times(name: str, value: float) -> str:
    return f"{lowered(Hypothesis((name,)).title)} ({ratio(value)})"


def _titles(diseases: frozenset[str]) -> str:
    return listed(sorted(Hypothesis((name,)).title for name in diseases), "or")
