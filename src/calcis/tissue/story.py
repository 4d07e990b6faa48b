"""What happened in the lesion, in plain facts?  Was it cleared, when and why did mineral begin, who sees it?

Facts come from courses at output times, the amounts that flowed from the books of the lesion; the words
are in `calcis.tissue.telling`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np

from calcis.tissue import cause
from calcis.tissue.budget import SUMS, Budget, budget
from calcis.tissue.crossings import Floats, Peak, Spell, first_rise, last_fall, peak, spell
from calcis.tissue.exchange import INTERSTITIAL_FLUID, ph_tissue
from calcis.units import MM3_PER_L

THRESHOLDS = {
    "dead_cleared": "1",
    "tissue_refilled": "1",
    "microbes_many": "1/mm^3",
    "flow_low": "1",
    "shielding": "1",
    "mineral_begun": "mmol/L",
    "mineral_stainable": "mmol/L",
    "mineral_radiographic": "mmol/L",
    "mineral_ct": "mmol/L",
    "osteogenic_on": "1",
    "normal_calcium": "mmol/L",
    "normal_phosphate": "mmol/L",
    "normal_ph": "1",
    "normal_pyrophosphate": "mmol/L",
    "calcium_mass": "mg/mmol",
}
_TRACE = 1e-3  # mmol/L formed in the fluid below which nobody asks why
PARAMETERS = {"story": THRESHOLDS}  # as the data file of the tissue names them
PARTS = ("story", "parenchyma", "leukocytes", "debris", "capillaries", "interstitial_fluid", *cause.PARTS)

PLASMA = ("calcium_ionised_plasma", "phosphate_plasma", "ph_plasma", "pyrophosphate_plasma")  # of the body
COURSES = (
    "dead_fraction",
    "living_fraction",
    "scar_fraction",
    "neutrophils",
    "macrophages_inflammatory",
    "macrophages_reparative",
    "giant_cells",
    "calcium_tissue",
    "phosphate_tissue",
    "ph_tissue",
    "pyrophosphate_tissue",
    "mineral_permissiveness",
    "clearance_left",
    "mineral_total",
    "mineral_bone",
    "calcium_soap",
    "radiodensity",
    "osteogenic_signal",
    *SUMS,
)


@dataclass(frozen=True)
class Injured:
    """What the case says of an injury: its kind, when (h), the share of cells it kills, its size (mm^3).

    `own` are keys of the kind, such as the calcium of an injection (mmol); `again` when it came again (h);
    `like` the kind whose numbers it has, where the case gave it a name of its own.
    """

    kind: str
    at: float
    killed: float
    volume: float | None = None
    own: Mapping[str, float] = field(default_factory=dict)
    again: tuple[float, ...] = ()
    like: str = ""


@dataclass(frozen=True)
class Story:
    """Facts of one lesion; times in h after the start of the run, None for what never happened.

    `verdict` is `intact` (nothing died, nothing calcified), `healed` (dead tissue cleared, tissue refilled,
    mineral not even stainable), `stainable` (the same, but for mineral that a stain shows), `calcified`
    (mineral at the end that a radiograph shows) or `unsettled`.
    `saturation` is the saturation index above the threshold of amorphous mineral, when the fluid first
    passed it or came nearest, `growth` lg of the growth of a crystal (per h) when mineral became
    stainable, both against the same tissue healthy, under normal blood.  `concentration` is that of the
    ions then as a multiple of what amorphous mineral takes, `concentration_before` before the injury.
    """

    verdict: str
    every: float  # h between outputs
    end: float
    injured: Injured | None
    competence: float
    dead_highest: Peak
    dead_cleared_at: float | None
    refilled_at: float | None
    neutrophils: Peak
    macrophages: Peak
    giant_cells: Peak
    microbes: Spell | None
    flow: Spell | None
    shielded_at: float | None
    mineral_begun_at: float | None
    budget_begun: Budget | None
    budget: Budget
    fluid_formed: bool
    saturation: cause.Change
    concentration: float
    concentration_before: float
    growth: cause.Change | None
    calcium_left: float | None  # in the fluid, as a share of the blood's, half-way to the highest mineral
    mineral_highest: Peak  # mmol/L
    stainable_at: float | None
    radiographic_at: float | None
    ct_at: float | None
    osteogenic_at: float | None
    bone_begun_at: float | None
    soap_begun_at: float | None
    soap_highest: Peak  # mmol of calcium per litre
    living_end: float
    dead_end: float
    scar_end: float
    mineral_end: float  # mmol/L, bone included
    bone_end: float
    soap_end: float
    radiodensity_end: float  # HU
    calcium_end: float | None  # mg in the whole lesion

    @property
    def supply(self) -> str:
        """What feeds the tissue: without leukocytes it is a culture."""
        return "blood" if self.competence > 0 else "medium"


def verdict(
    dead: Floats, living: Floats, scar: Floats, mineral: Floats, thresholds: Mapping[str, float]
) -> str:
    """How it ended, in a word (see Story), from courses and `thresholds` by the names of THRESHOLDS."""
    if mineral[-1] >= thresholds["mineral_radiographic"]:
        return "calcified"
    cleared = dead[-1] < thresholds["dead_cleared"]
    refilled = living[-1] + scar[-1] >= thresholds["tissue_refilled"]
    if not (cleared and refilled):
        return "unsettled"
    if mineral[-1] >= thresholds["mineral_stainable"]:
        return "stainable"
    return "healed" if dead.max() >= thresholds["dead_cleared"] else "intact"


def tell(
    time: Floats,
    courses: Mapping[str, Floats],
    numbers: Mapping[str, float],
    injured: Injured | None = None,
    usual_plasma: Mapping[str, float] | None = None,
) -> Story:
    """The story of a lesion from its courses over `time` (h, shape (n,)).

    `courses` are COURSES and PLASMA, and others where they are; `numbers` those of PARTS in the units of
    the laws, by dotted name.  Crossings are interpolated between output times.  What plasma does is told
    against `usual_plasma` (by the names of PLASMA); if that is None, against that of normal people.
    """
    of = {part: _of_part(part, numbers) for part in PARTS}
    thresholds = of["story"]
    laws = {name: value for part in cause.PARTS for name, value in of[part].items()}
    dead, mineral = courses["dead_fraction"], courses["mineral_total"]
    living, scar = courses["living_fraction"], courses["scar_fraction"]
    end = {name: float(courses[name][-1]) for name in COURSES}
    usual = _healthy(_normal(of) if usual_plasma is None else usual_plasma, 0.0, of)
    before = _before(time, courses, injured, of)
    begun = first_rise(time, mineral, thresholds["mineral_begun"])
    passed = _passed(courses)
    stainable = first_rise(time, mineral, thresholds["mineral_stainable"])
    macrophages = courses["macrophages_inflammatory"] + courses["macrophages_reparative"]
    highest = peak(time, mineral)
    volume = None if injured is None else injured.volume
    since = float(time[0]) if injured is None else injured.at
    saturation = _saturation(time, courses, laws, usual, passed, since)
    return Story(
        verdict=verdict(dead, living, scar, mineral, thresholds),
        every=float(np.median(np.diff(time))) if len(time) > 1 else 0.0,
        end=float(time[-1]),
        injured=injured,
        competence=of["leukocytes"]["macrophage_competence"],
        dead_highest=peak(time, dead),
        dead_cleared_at=last_fall(time, dead, thresholds["dead_cleared"]),
        refilled_at=last_fall(time, 1.0 - living - scar, 1.0 - thresholds["tissue_refilled"]),
        neutrophils=peak(time, courses["neutrophils"]),
        macrophages=peak(time, macrophages),
        giant_cells=peak(time, courses["giant_cells"]),
        microbes=spell(time, courses.get("microbes"), thresholds["microbes_many"]),
        flow=spell(time, courses.get("blood_flow"), thresholds["flow_low"], below=True),
        shielded_at=first_rise(time, _shielding(courses), thresholds["shielding"]),
        mineral_begun_at=begun,
        budget_begun=None if begun is None else budget(courses, int(np.searchsorted(time, begun))),
        budget=budget(courses, -1),
        fluid_formed=passed is not None,
        saturation=saturation,
        concentration=10 ** (saturation.value / laws["amorphous_ions"]),
        concentration_before=10 ** (cause.at(cause.excess, before, laws) / laws["amorphous_ions"]),
        growth=None if stainable is None else _growth(time, courses, laws, usual, stainable),
        calcium_left=None if stainable is None else _calcium_left(courses, highest.value / 2),
        mineral_highest=highest,
        stainable_at=stainable,
        radiographic_at=first_rise(time, mineral, thresholds["mineral_radiographic"]),
        ct_at=first_rise(time, mineral, thresholds["mineral_ct"]),
        osteogenic_at=first_rise(time, courses["osteogenic_signal"], thresholds["osteogenic_on"]),
        bone_begun_at=first_rise(time, courses["mineral_bone"], thresholds["mineral_begun"]),
        soap_begun_at=first_rise(time, courses["calcium_soap"], thresholds["mineral_begun"]),
        soap_highest=peak(time, courses["calcium_soap"]),
        living_end=end["living_fraction"],
        dead_end=end["dead_fraction"],
        scar_end=end["scar_fraction"],
        mineral_end=end["mineral_total"],
        bone_end=end["mineral_bone"],
        soap_end=end["calcium_soap"],
        radiodensity_end=end["radiodensity"],
        calcium_end=None
        if volume is None
        else end["mineral_total"] / MM3_PER_L * volume * thresholds["calcium_mass"],
    )


def _of_part(part: str, numbers: Mapping[str, float]) -> dict[str, float]:
    """The numbers of one part by their bare names."""
    head = f"{part}."
    return {name.removeprefix(head): value for name, value in numbers.items() if name.startswith(head)}


def _fluid(courses: Mapping[str, Floats], at: int) -> cause.Fluid:
    names = {
        "calcium": "calcium_tissue",
        "phosphate": "phosphate_tissue",
        "ph": "ph_tissue",
        "pyrophosphate": "pyrophosphate_tissue",
        "mineral_permissiveness": "mineral_permissiveness",
        "mineral": "mineral_total",
        "calcium_blood": "calcium_ionised_plasma",
        "phosphate_blood": "phosphate_plasma",
    }
    return cause.Fluid(**{field: float(courses[name][at]) for field, name in names.items()})


def _before(
    time: Floats,
    courses: Mapping[str, Floats],
    injured: Injured | None,
    of: Mapping[str, Mapping[str, float]],
) -> cause.Fluid:
    """The fluid before the injury: of the last output before it, or of healthy tissue at the start."""
    earlier = np.flatnonzero(time < injured.at) if injured is not None else np.array([], int)
    if len(earlier):
        return _fluid(courses, int(earlier[-1]))
    return _healthy(
        {name: float(courses[name][0]) for name in PLASMA}, float(courses["mineral_total"][0]), of
    )


def _normal(of: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Plasma of normal people."""
    normal = of["story"]
    return {
        "calcium_ionised_plasma": normal["normal_calcium"],
        "phosphate_plasma": normal["normal_phosphate"],
        "ph_plasma": normal["normal_ph"],
        "pyrophosphate_plasma": normal["normal_pyrophosphate"],
    }


def _healthy(
    plasma: Mapping[str, float], mineral: float, of: Mapping[str, Mapping[str, float]]
) -> cause.Fluid:
    """The fluid of the tissue at rest under a plasma, by the laws with which a lesion starts."""
    exchange = of["capillaries"]["permeability_surface"] * of["capillaries"]["perfusion"]
    scope = SimpleNamespace(
        **of["interstitial_fluid"],
        **plasma,
        exchange_resting=exchange,
        viability=1.0 - of["parenchyma"]["fixed"],
    )
    starts = {name: state.start for name, state in INTERSTITIAL_FLUID.states.items()}
    values = {name: float(law(scope)) for name, law in starts.items() if not isinstance(law, str)}
    return cause.Fluid(
        calcium=values["calcium"],
        phosphate=values["phosphate"],
        ph=float(ph_tissue(SimpleNamespace(**vars(scope), acid=values["acid"]))),
        pyrophosphate=values["pyrophosphate"],
        mineral_permissiveness=0.0,
        mineral=mineral,
        calcium_blood=plasma["calcium_ionised_plasma"],
        phosphate_blood=plasma["phosphate_plasma"],
    )


def _passed(courses: Mapping[str, Floats]) -> int | None:
    """The output by which the fluid had formed a tenth of its mineral; None if it formed next to nothing."""
    formed, loaded = courses["amorphous_formation_sum"], courses["mitochondrial_loading_sum"][-1]
    if formed[-1] < max(_TRACE, 0.1 * loaded):
        return None
    return int(np.argmax(formed >= 0.1 * formed[-1]))


def _saturation(
    time: Floats,
    courses: Mapping[str, Floats],
    laws: Mapping[str, float],
    usual: cause.Fluid,
    until: int | None,
    since: float,
) -> cause.Change:
    """Where the fluid was most saturated: from the injury until it had formed mineral, if it did."""
    scope = SimpleNamespace(**laws, **{name: courses[name] for name in COURSES})
    there = (time >= since) if since <= time[-1] else np.full(len(time), True)
    there[until + 1 if until is not None else len(time) :] = False
    at = int(np.argmax(np.where(there, cause.excess(scope), -np.inf)))
    return cause.change(cause.excess, float(time[at]), usual, _fluid(courses, at), laws)


def _growth(
    time: Floats, courses: Mapping[str, Floats], laws: Mapping[str, float], usual: cause.Fluid, when: float
) -> cause.Change | None:
    """At the first output with stainable mineral; None where a crystal would not grow."""
    at = int(np.searchsorted(time, when))
    after = _fluid(courses, at)
    if not (cause.grows(usual, laws) and cause.grows(after, laws)):
        return None
    return cause.change(cause.growth, float(time[at]), usual, after, laws)


def _shielding(courses: Mapping[str, Floats]) -> Floats:
    """How much harder mineral makes it to clear what is dead: clearance without it over clearance with it."""
    there: Floats = np.where(courses["dead_fraction"] > 1e-3, 1.0 / courses["clearance_left"], 1.0)
    return there


def _calcium_left(courses: Mapping[str, Floats], mineral: float) -> float | None:
    """Calcium of the fluid as a share of the blood's, at the first output with so much mineral."""
    at = int(np.argmax(courses["mineral_total"] >= mineral))
    blood = float(courses["calcium_ionised_plasma"][at])
    return float(courses["calcium_tissue"][at]) / blood if blood > 0 else None
