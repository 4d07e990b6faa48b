"""How does a drug spread in the body and leave it?  First-order compartments, as many as are known of it.

    depot -> central <-> peripheral
             central -> urine, liver, its target, bone surface -> plasma again, or buried in bone

`depots` are named by where a dose is put: subcutaneous, muscle, gut, vein.  With one depot its numbers are
`absorption_rate` and `bioavailability`, with several `absorption_rate_gut` and so on.  A drug without a
central compartment only arrives: what it gives is the flow NAME_absorbed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import add
from typing import Any

from calcis.elementary import Value
from calcis.part import Part, Signal, State

FILTRATION = "glomerular_filtration_rate"  # L/h, given by a body


def compartments(
    name: str,
    unit: str,
    scale: float,
    depots: Sequence[str] = (),
    central: bool = True,
    peripheral: bool = False,
    renal: bool = False,
    bone: bool = False,
    target: bool = False,
    unbound: bool = False,
    first_pass: bool = False,
) -> Part:
    """The Part of a drug, amounts in `unit`, of which `scale` is nothing.

    renal: a share of the filtration rate is cleared beside `clearance`.  bone: a clearance to the surface of
    bone, which gives it back or buries it.  target: saturable elimination by binding its target.  unbound:
    interstitial fluid has the share of plasma that is not bound.  first_pass: gut and liver break down less
    of what is swallowed the more of it is in plasma, so that bioavailability rises towards 1.
    """
    plasma, eliminated, absorbed = f"{name}_plasma", f"{name}_eliminated", f"{name}_absorbed"
    states = {depot: State(unit, _nothing, scale, dosable=True) for depot in depots}
    parameters: dict[str, str] = {}
    for depot in depots:
        parameters |= {
            _of("bioavailability", depot, depots): "1",
            _of("absorption_rate", depot, depots): "1/h",
        }
    if not central:
        gives = {absorbed: Signal(f"{unit}/h", _arriving(depots))}
        return Part(name, states, parameters, gives=gives, rates=_arrival_rates(depots))
    concentration = f"{unit}/L"
    states["central"] = State(unit, _nothing, scale, dosable=True)
    parameters |= {"central_volume": "L", "clearance": "L/h"}
    gives = {
        plasma: Signal(concentration, lambda v: v.central / v.central_volume),
        eliminated: Signal(f"{unit}/h", _eliminated(plasma, renal, target)),
    }
    needs = {}
    if renal:
        parameters["renal_share"] = "1"
        needs[FILTRATION] = "L/h"
    if first_pass:
        parameters["first_pass_half"] = concentration
    if target:
        parameters |= {"target_maximum": f"{unit}/h", "target_half": concentration}
    if unbound:
        parameters["unbound_fraction"] = "1"
        law = _product("unbound_fraction", plasma)
        gives[f"{name}_interstitial"] = Signal(concentration, law)
    if peripheral:
        states["peripheral"] = State(unit, _nothing, scale)
        parameters |= {"peripheral_volume": "L", "distribution_clearance": "L/h"}
    if bone:
        states |= {"bone_surface": State(unit, _nothing, scale), "buried": State(unit, _nothing, scale)}
        parameters |= {"bone_clearance": "L/h", "bone_release_rate": "1/h", "burial_rate": "1/h"}
        gives[f"{name}_bone"] = Signal(unit, lambda v: v.bone_surface)
    return Part(
        name, states, parameters, needs, {}, gives, _rates(name, depots, peripheral, bone, first_pass)
    )


def _nothing(_: Any) -> float:
    return 0.0


def _of(number: str, depot: str, depots: Sequence[str]) -> str:
    return number if len(depots) == 1 else f"{number}_{depot}"


def _product(*names: str) -> Callable[[Any], Value]:
    def law(v: Any) -> Value:
        values = [getattr(v, name) for name in names]
        return values[0] * values[1]

    return law


def _leaving(v: Any, depots: Sequence[str]) -> dict[str, Value]:
    """What leaves each depot, per hour: k·A."""
    return {depot: getattr(v, _of("absorption_rate", depot, depots)) * getattr(v, depot) for depot in depots}


def _arrived(v: Any, depots: Sequence[str], plasma: str = "") -> list[Value]:
    """What arrives of it: a share of a dose is lost on the way, F; with `plasma` 1 − (1 − F)·K/(K + C)."""
    leaving = _leaving(v, depots)
    lost = {depot: 1.0 - getattr(v, _of("bioavailability", depot, depots)) for depot in depots}
    if plasma:
        share = v.first_pass_half / (v.first_pass_half + getattr(v, plasma))
        lost = {depot: one * share for depot, one in lost.items()}
    return [(1.0 - lost[depot]) * leaving[depot] for depot in depots]


def _arriving(depots: Sequence[str]) -> Callable[[Any], Value]:
    def law(v: Any) -> Value:
        """What arrives of all that was given, Σ F·k·A."""
        return reduce(add, _arrived(v, depots))

    return law


def _arrival_rates(depots: Sequence[str]) -> Callable[[Any], Mapping[str, Value]]:
    return lambda v: {depot: -leaving for depot, leaving in _leaving(v, depots).items()}


def _eliminated(plasma: str, renal: bool, target: bool) -> Callable[[Any], Value]:
    def law(v: Any) -> Value:
        """What leaves plasma: linear, a share of what is filtered, and saturable by binding its target."""
        concentration, clearance = getattr(v, plasma), v.clearance
        if renal:
            clearance = clearance + v.renal_share * getattr(v, FILTRATION)
        if target:
            clearance = clearance + v.target_maximum / (v.target_half + concentration)
        return clearance * concentration

    return law


def _rates(
    name: str, depots: Sequence[str], peripheral: bool, bone: bool, first_pass: bool
) -> Callable[[Any], Mapping[str, Value]]:
    plasma, eliminated = f"{name}_plasma", f"{name}_eliminated"

    def rates(v: Any) -> Mapping[str, Value]:
        """Amounts per hour."""
        found = {depot: -leaving for depot, leaving in _leaving(v, depots).items()}
        flows = _arrived(v, depots, plasma if first_pass else "")
        if peripheral:
            outward = v.distribution_clearance * (getattr(v, plasma) - v.peripheral / v.peripheral_volume)
            flows.append(-outward)
            found["peripheral"] = outward
        flows.append(-getattr(v, eliminated))
        if bone:
            bound, freed = v.bone_clearance * getattr(v, plasma), v.bone_release_rate * v.bone_surface
            buried = v.burial_rate * v.bone_surface
            flows += [-bound, freed]
            found |= {"bone_surface": bound - freed - buried, "buried": buried}
        return found | {"central": reduce(add, flows)}

    return rates
