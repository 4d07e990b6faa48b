"""How is a cause said?  Why the fluid passed its saturation, and why crystals grew, in words and shares."""

from __future__ import annotations

from calcis.tissue.cause import Change
from calcis.wording import about, digits, listed, per_cent

_WORTH = 0.05  # share of a rise below which a cause is not told
_FACTOR = 0.1  # lg of a factor below which it is not told
_UNSEEN = 0.1  # lg of saturation below what mineral takes: more than that, and outputs missed how it formed


def why_it_formed(change: Change, supply: str) -> str:
    """Why mineral formed in the fluid, where the outputs show it."""
    if change.value < -_UNSEEN:
        return "Mineral formed in the fluid, but between outputs, which do not show why."
    return f"Mineral formed in the fluid because {reasons(change, supply)}."


def why_it_grew(change: Change, supply: str, brief: bool = False) -> str:
    """How much faster crystals grew than they would in healthy tissue, and by which factors."""
    factor = 10 ** (change.value - change.value_before)
    grew = f"Crystals then grew {about(factor)} times as fast as they would in healthy tissue"
    if factor < 1.5:
        return f"{grew}."
    ordered = sorted(change.shares.items(), key=lambda one: -abs(one[1]))
    told = {
        name: _cause(name, change, supply, f"×{about(10**share)}", growing=True) for name, share in ordered
    }
    up = [told[name] for name, share in ordered if share > _FACTOR]
    down = [told[name] for name, share in ordered if share < -_FACTOR and not brief]
    return f"{grew}: {listed(up)}" + (f"; against it, {listed(down)}." if down else ".")


def reasons(change: Change, supply: str) -> str:
    """The causes that raised a saturation, each with its share of the rise, and those that held it down."""
    rise = sum(share for share in change.shares.values() if share > 0)
    ordered = sorted(change.shares.items(), key=lambda one: -abs(one[1]))
    parts = [(name, per_cent(share / rise)) for name, share in ordered if share > _WORTH * rise]
    up = [
        _cause(name, change, supply, part + " of the rise" * (k == 0)) for k, (name, part) in enumerate(parts)
    ]
    down = [_cause(name, change, supply) for name, share in ordered if share < -_WORTH * rise]
    return listed(up) + (f"; against it, {listed(down)}" if down else "")


def _cause(name: str, change: Change, supply: str, share: str = "", growing: bool = False) -> str:
    """One cause in words, by whether it raised or lowered what it changed; values and share behind it."""
    here, usual, up = change.fluid, change.fluid_before, change.shares[name] > 0
    values = ""
    match name:
        case "calcium_blood" | "phosphate_blood":
            values = f"{digits(getattr(here, name))} mmol/L instead of {digits(getattr(usual, name))}"
            said = f"{name.removesuffix('_blood')} of the {supply} was {'high' if up else 'low'}"
        case "calcium_local" | "phosphate_local":
            ion = name.removesuffix("_local")
            values = f"{about(getattr(here, ion))} mmol/L, {about(getattr(here, f'{ion}_blood'))} in {supply}"
            said = f"{ion} of the fluid was {'high' if up else 'used up'}"
            if up and ion == "phosphate" and here.mineral_permissiveness > usual.mineral_permissiveness:
                said = "dead cells set phosphate free"
        case "ph":
            said = f"pH was {here.ph:.2f} instead of {usual.ph:.2f}"
        case "pyrophosphate":
            values = f"{about(1e3 * here.pyrophosphate)} µmol/L instead of {about(1e3 * usual.pyrophosphate)}"
            said = f"pyrophosphate, which holds crystals back, was {'low' if up else 'high'}"
        case "mineral_permissiveness" if growing:
            said = "proteins that hold crystals back are missing among the dead"
        case "mineral_permissiveness":
            said = "mineral forms on membranes of the dead"
        case "crowding":
            said = "little room was left for mineral"
        case _:
            raise ValueError(name)
    behind = "; ".join(filter(None, (values, share)))
    return f"{said} ({behind})" if behind else said
