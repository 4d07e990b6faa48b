"""What did operations on a lesion take, and did its mineral come back?  Weighed by the books, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from calcis.ledger import LEDGER
from calcis.part import Model
from calcis.tissue.chapter import Chapter
from calcis.tissue.crossings import Floats
from calcis.tissue.deposit import LITTLE
from calcis.wording import digits, moment, on, per_cent

TAKEN = "mineral_taken"  # mmol of calcium per litre that operations have taken with the mineral so far
_MINERALS = ("amorphous", "octacalcium", "apatite", "bone")
_LITTLE = 0.02  # of what was there


def taken(model: Model, states: Floats) -> Floats:
    """Calcium of the mineral that operations have taken (mmol/L), from the books: states (time, state)."""
    names = list(model.states)
    total: Floats = -states[:, [names.index(f"{LEDGER}.{one}_given") for one in _MINERALS]].sum(axis=1)
    return total


def chapters(
    operations: Sequence[tuple[float, str, float]],
    times: Floats,
    courses: Mapping[str, Floats],
    stainable: float,
    milligrams: float | None,
) -> list[Chapter]:
    """What each operation (h, its words, the share of mineral it takes) took, and what became of the lesion.

    `courses` has `mineral_total` and TAKEN (mmol/L); `stainable` is the mineral that a stain shows, and
    `milligrams` those of calcium in the whole lesion per mmol/L, None where its size is not known.
    """
    found = []
    for at, words, share in operations:
        after = min(int(times.searchsorted(at, side="right")), len(times) - 1)
        before = max(int(times.searchsorted(at, side="left")) - 1, 0)
        took = float(courses[TAKEN][after] - courses[TAKEN][before])
        if took < LITTLE:
            said = "There was no mineral to take."
        else:
            weight = (
                f"{digits(took)} mmol of it per litre" if milligrams is None else _mass(took * milligrams)
            )
            said = f"It took {weight} of calcium in mineral, {per_cent(share)} of what was there."
        found.append(Chapter("Surgery", at, f"{words[0].upper()}{words[1:]}. {said}"))
    return [*found, _after(operations[-1][0], times, courses, stainable)]


def _after(at: float, times: Floats, courses: Mapping[str, Floats], stainable: float) -> Chapter:
    """Whether mineral came back after the last operation."""
    first = min(int(times.searchsorted(at, side="right")), len(times) - 1)
    later = courses["mineral_total"][first:]
    lowest, end, every = float(later.min()), float(later[-1]), float(times[1] - times[0])
    if end - lowest <= max(_LITTLE * float(courses["mineral_total"].max()), 0.1 * stainable):
        left = "none is left" if end < stainable else f"{digits(end)} mmol/L are left"
        return Chapter("After it", None, f"Mineral did not come back: at the end {left}.")
    rising = courses["mineral_total"] >= max(stainable, lowest + 0.5 * (end - lowest))
    rising[: first + int(later.argmin())] = False
    when = on(float(times[int(rising.argmax())]), every) if rising.any() else moment(float(times[-1]))
    text = (
        f"Mineral came back, half of it {when}: {digits(end)} mmol/L at the end. What made it is still there."
    )
    return Chapter("After it", None, text, "warning")


def _mass(milligrams: float) -> str:
    return f"{digits(1000.0 * milligrams)} µg" if milligrams < 0.1 else f"{digits(milligrams)} mg"
