"""How is a cause said?  Why the fluid passed its saturation, and why crystals grew, in words and shares."""

from __future__ import annotations

from calcis.tissue.cause import Change
from calcis.wording import about, digits, listed, per_cent

_WORTH = 0.05  # share of a cause, or lg of a factor, below which it is not told


def why_it_formed(change: Change) -> str:
    """Why mineral formed in the fluid."""
    return f"Mineral formed in the fluid because {reasons(change)}."


def why_it_grew(change: Change, brief: bool = False) -> str:
    """How much faster crystals grew than they would in healthy tissue, and by which factors."""
    factor = 10 ** (change.value - change.value_before)
    grew = f"Crystals then grew {about(factor)} times as fast as they would in healthy tissue"
    if factor < 1.5:
        return f"{grew}."
    ordered = sorted(change.shares.items(), key=lambda one: -abs(one[1]))
    told = {name: f"{_cause(name, change, True)} (×{about(10**share)})" for name, share in ordered}
    up = [told[name] for name, share in ordered if share > _WORTH]
    down = [told[name] for name, share in ordered if share < -_WORTH and not brief]
    return f"{grew}: {listed(up)}" + (f"; against it, {listed(down)}." if down else ".")


def reasons(change: Change) -> str:
    """The causes that raised a saturation, each with its share of the rise, and those that held it down."""
    rise = sum(share for share in change.shares.values() if share > 0)
    ordered = sorted(change.shares.items(), key=lambda one: -abs(one[1]))
    told = {name: _cause(name, change) for name, _ in ordered}
    up = [f"{told[name]} ({per_cent(share / rise)})" for name, share in ordered if share > _WORTH * rise]
    down = [told[name] for name, share in ordered if share < -_WORTH * rise]
    return listed(up) + (f"; against it, {listed(down)}" if down else "")


def _cause(name: str, change: Change, growing: bool = False) -> str:
    """One cause in words, by whether it raised or lowered what it changed."""
    here, usual, up = change.fluid, change.fluid_before, change.shares[name] > 0
    match name:
        case "calcium_blood" | "phosphate_blood":
            values = f"{digits(getattr(here, name))} mmol/L instead of {digits(getattr(usual, name))}"
            return f"{name.removesuffix('_blood')} of the blood was {'high' if up else 'low'} ({values})"
        case "calcium_local" | "phosphate_local":
            ion = name.removesuffix("_local")
            values = f"{about(getattr(here, ion))} mmol/L, {about(getattr(here, f'{ion}_blood'))} in blood"
            if not up:
                return f"{ion} of the fluid was used up ({values})"
            if ion == "phosphate" and here.dead_environment > usual.dead_environment:
                return f"dead cells set phosphate free ({values})"
            return f"{ion} of the fluid was high ({values})"
        case "ph":
            return f"pH was {here.ph:.2f} instead of {usual.ph:.2f}"
        case "pyrophosphate":
            values = f"{about(1e3 * here.pyrophosphate)} µmol/L instead of {about(1e3 * usual.pyrophosphate)}"
            return f"pyrophosphate, which holds crystals back, was {'low' if up else 'high'} ({values})"
        case "dead_environment" if growing:
            return "proteins that hold crystals back are missing among the dead"
        case "dead_environment":
            return "mineral forms on membranes of the dead"
        case "crowding":
            return "little room was left for mineral"
    raise ValueError(name)
