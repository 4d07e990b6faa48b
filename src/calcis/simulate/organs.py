"""What do blood and the organs of a body do to each other?  A voxel of tissue for each place of every arm.

An organ is a voxel of the same tissue as the lesion, with numbers of its own, healthy and free of mineral at
the start.  The body loses to it what becomes mineral or is carried off: the fluid between its cells is part
of the body's own, and so is the pyrophosphate that its cells make and split.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from calcis.case import Case
from calcis.ledger import LEDGER, defects
from calcis.part import Model
from calcis.results.store import Floats, OrganMap, Series
from calcis.simulate.coupling import Places
from calcis.simulate.numbers import Numbers
from calcis.solve.integrate import Integration
from calcis.solve.schedule import Lane
from calcis.tissue import BALANCES
from calcis.tissue.uptake import TAKEN

# What is kept of an organ's course.
KEPT = (
    "mineral_total",
    "mineral_apatite",
    "living_fraction",
    "dead_fraction",
    "calcium_tissue",
    "phosphate_tissue",
    "ph_tissue",
    "pyrophosphate_tissue",
    "supersaturation_above_threshold",
    "radiodensity",
)
# Blood exchanges the fluid of an organ more than once; its books hold the net of that, next to nothing.
_EXCHANGED = 1.0  # of what is stored
_NOTHING = 1e-9  # mmol/L of mineral: some ten crystals in a mm³
MOST_TIMES = 120  # of an organ's courses: mineral grows for years
NEUTRAL = 7.4  # pH at which organs are compared but for their own
AT_NEUTRAL = "supersaturation_at_ph_7_4"
_LEVEL = "supersaturation_above_threshold"
_DISSOLVED = {"calcium_uptake_tissue": "calcium", "phosphate_uptake_tissue": "phosphate"}


def organ_times(times: Floats) -> Floats:
    """The output times (h) of organs: every so many of a case's, and the last."""
    step = -(-(len(times) - 1) // MOST_TIMES) or 1
    return np.append(times[:-1:step], times[-1]) if len(times) > 1 else times


def organ_lanes(
    case: Case, model: Model, numbers: Numbers, at_start: Mapping[str, Mapping[str, float]]
) -> list[Lane]:
    """A lane for each organ of every arm, in equilibrium with plasma `at_start` (by arm)."""
    who = [(arm, organ) for arm in case.arms for organ in case.organs]
    table = np.array([list(numbers.of_organ(arm, organ, model).values()) for arm, organ in who])
    plasma = {name: np.array([at_start[arm][name] for arm, _ in who]) for name in model.inputs}
    starts = starting(model, table, plasma)
    return [
        Lane(f"{organ.name} of {arm}", values, start, 0.0, case.run.duration)
        for (arm, organ), values, start in zip(who, table, starts, strict=True)
    ]


def starting(model: Model, table: Floats, plasma: Mapping[str, Floats]) -> Floats:
    """Initial states (lane, state) of tissue with numbers `table` (lane, parameter) in a plasma."""
    found = model.start(dict(zip(model.parameters, table.T, strict=True)), plasma)
    return np.stack([np.broadcast_to(value, len(table)) for value in found.values()], axis=1)


def organ_places(model: Model, lanes: Sequence[Lane], volumes: Floats) -> Places:
    """What organs take from the body; `volumes` (L) are of each lane."""
    names = list(model.states)
    column = list(model.parameters).index("interstitial_fluid.fluid_share")
    fluid = np.array([lane.parameters[column] for lane in lanes])
    terms: list[tuple[int, int, Floats | float]] = []
    for k, (loss, flow) in enumerate(TAKEN.items()):
        terms.append((k, names.index(f"{LEDGER}.{flow}_sum"), 1.0))
        terms.append((k, names.index(f"interstitial_fluid.{_DISSOLVED[loss]}"), -fluid))
        terms += [(k, names.index(f"{LEDGER}.{own}_sum"), share) for own, share in _own(loss)]
    return Places(volumes, terms, quiet=True)


def _own(loss: str) -> list[tuple[str, float]]:
    """Flows from another substance of the body's into what it loses by `loss`: those of pyrophosphate."""
    (one,) = (one for one in BALANCES if one.quantity == _DISSOLVED[loss])
    return [(flow, share) for flow, share in one.flows.items() if flow == "pyrophosphate_hydrolysis"]


def organ_maps(case: Case, model: Model, side: Integration) -> tuple[list[OrganMap], list[dict[str, float]]]:
    """The organ map of every arm, and the defects of its books by `organs.place.quantity`."""
    solution = side.solution()
    neutral = _at_neutral(model, side)
    maps, ledgers = [], []
    count = len(case.organs)
    volumes = np.array([organ.volume.value for organ in case.organs if organ.volume is not None])
    for k in range(len(case.arms)):
        mine = slice(k * count, (k + 1) * count)
        series = {
            name: Series(model.signals[name], solution.signals[mine, :, column].copy())
            for column, name in enumerate(KEPT)
        }
        series[AT_NEUTRAL] = Series(model.signals[_LEVEL], neutral[mine])
        places = tuple(organ.name for organ in case.organs)
        titles = tuple(organ.title for organ in case.organs)
        maps.append(OrganMap(places, titles, volumes, side.times, series))
        ledger: dict[str, float] = {}
        for organ, lane, states in zip(case.organs, side.lanes[mine], solution.states[mine], strict=True):
            values = dict(zip(model.parameters, lane.parameters, strict=True))
            shares = defects(BALANCES, model, states, values, _EXCHANGED, _NOTHING)
            ledger |= {f"organs.{organ.name}.{what}": share for what, share in shares.items()}
        ledgers.append(ledger)
    return maps, ledgers


def _at_neutral(model: Model, side: Integration) -> Floats:
    """Supersaturation above the threshold, (lane, time), if the fluid of all organs had the same pH."""
    found = side.solution()
    states = dict(zip(model.states, np.moveaxis(found.states, 2, 0), strict=True))
    table = np.array([lane.parameters for lane in side.lanes])
    numbers = {name: column[:, None] for name, column in zip(model.parameters, table.T, strict=True)}
    level = model.at(states, numbers, {"ph_tissue": NEUTRAL}).signal(_LEVEL)
    return np.asarray(np.broadcast_to(level, found.states.shape[:2])).copy()
