"""What does somebody at a terminal read about fluids?"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from calcis.errors import InputError
from calcis.fluids.form import in_system, shown, unit_shown
from calcis.fluids.solve import Found
from calcis.fluids.words import (
    assumptions,
    basis,
    remarks,
    sentences,
    short,
    signed,
    title,
    together,
    verdict,
)
from calcis.wording import capital, digits, per_cent

_MOST = 30  # fluids, and complaints, that a terminal shows
_ORDER = {
    "hydroxyapatite": "Apatite",
    "octacalcium_phosphate": "Octacalcium",
    "brushite": "Brushite",
    "amorphous_calcium_phosphate": "Amorphous",
}


def show(
    found: Found, console: Console, system: str, wrong: Sequence[InputError] = (), unused: Sequence[str] = ()
) -> None:
    """One fluid in full, or a line for each of several."""
    if len(found.fluids) == 1:
        _one(found, console, system)
    else:
        _several(found, console, system)
    for line in basis(found):
        console.print(f"[dim]{escape(line)}[/]")
    if unused:
        console.print(f"Columns that were not used: {escape(', '.join(unused))}.")
    for complaint in wrong[:_MOST]:
        console.print(f"[yellow]Left out[/] {escape(str(complaint))}")
    if len(wrong) > _MOST:
        console.print(f"[yellow]Left out[/] {len(wrong) - _MOST} more")
    console.print("[dim]Research and education, not medical advice.[/]")


def _one(found: Found, console: Console, system: str) -> None:
    fluid = found.fluids[0]
    given = ", ".join(
        f"pH {value:.2f}" if name == "ph" else f"{name.replace('_', ' ')} {shown(name, value, system)}"
        for name, value in fluid.values.items()
    )
    console.print(f"[bold]{escape(fluid.kind.capitalize())}[/]  {escape(given) or 'of normal composition'}")
    for remark in remarks(found, 0, system):
        console.print(f"[yellow] ![/] {escape(remark)}")
    for sentence in sentences(found, 0, system):
        console.print(escape(sentence))
    if 0 not in found.reasons:
        one = found.columns
        console.print(
            f"pH {one['ph'][0]:.2f}, carbon dioxide {one['pco2'][0]:.3g} mmHg, ionic strength "
            f"{one['ionic_strength'][0]:.3f} mol/kg"
        )
        there = {name: float(values[0]) for name, values in found.indices.items() if math.isfinite(values[0])}
        if there:
            console.print(_minerals(found, there))
        absent = [short(name) for name in found.indices if name not in there]
        if absent:
            console.print(f"[dim]Part of it is absent: {', '.join(absent)}.[/]")
        for line in filter(None, (_forms(found, master) for master in ("magnesium", "phosphate"))):
            console.print(line)
    taken = assumptions(found, 0, system)
    if taken:
        console.print(escape(taken))


def _minerals(found: Found, there: dict[str, float]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("Mineral")
    table.add_column("Saturation index", justify="right")
    table.add_column("by source", justify="right", style="dim")
    for name in sorted(there, key=lambda one: -there[one]):
        low, high = found.range(name, 0)
        spread = f"{signed(low)} to {signed(high)}" if high - low > 0.005 else "one source"
        table.add_row(escape(title(name)), signed(there[name]), spread)
    return table


def _forms(found: Found, master: str) -> str:
    """What a master is bound to, in a line; "" where it is absent."""
    shares = {label: float(values[0]) for label, values in found.shares[master].items() if values[0] >= 0.005}
    bound = sorted((label for label in shares if label != "free"), key=lambda label: -shares[label])
    parts = [f"with {label} {per_cent(shares[label])}" for label in bound]
    if "free" not in shares:
        return ""
    free = f"free {per_cent(shares['free'])}"
    return f"{capital(master)}: {', '.join([free, *parts])}."


def _first(found: Found) -> list[int]:
    """The fluids that are shown: all, or those furthest above the threshold."""
    places = range(len(found.fluids))
    if len(found.fluids) <= _MOST:
        return list(places)
    away = np.nan_to_num(found.columns["distance"], nan=-np.inf)
    return sorted(places, key=lambda k: -away[k])[:_MOST]


def _several(found: Found, console: Console, system: str) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("Fluid")
    units = {name: unit_shown(name, system) for name in ("calcium", "calcium_ionised", "phosphate")}
    heads = [
        f"Calcium\n{units['calcium']}",
        f"Ionised\n{units['calcium_ionised']}",
        f"Phosphate\n{units['phosphate']}",
    ]
    for head in (*heads, "pH", *_ORDER.values(), "Threshold"):
        table.add_column(head, justify="left" if head == "Threshold" else "right")
    for k in _first(found):
        fluid = found.fluids[k]
        if k in found.reasons:
            table.add_row(escape(fluid.name), *[""] * 8, "[yellow]cannot be[/]")
            continue
        amounts = [digits(in_system(name, found.columns[name][k], system)) for name in units]
        indices = [signed(found.indices[name][k]) for name in _ORDER]
        table.add_row(
            escape(fluid.name), *amounts, f"{found.columns['ph'][k]:.2f}", *indices, verdict(found, k)
        )
    console.print(table)
    if len(found.fluids) > _MOST:
        rest = len(found.fluids) - _MOST
        console.print(
            f"These {_MOST} are the furthest above the threshold; {rest} more: --out FILE.csv writes all."
        )
    console.print(
        "Saturation indices, lg(ion activity product / solubility product): above 0 a mineral can grow."
    )
    for line in together(found):
        console.print(escape(line))
    for k, reason in list(found.reasons.items())[:_MOST]:
        console.print(f"[yellow]{escape(found.fluids[k].name)} cannot be:[/] {escape(reason)}")
    taken = {assumptions(found, k, system) for k in range(len(found.fluids))} - {""}
    if len(taken) == 1:
        console.print(escape(taken.pop()))
    elif taken:
        console.print(
            "What was not given was assumed, as in a healthy adult; --json lists it for each fluid."
        )
    warned = [
        (fluid.name, said) for k, fluid in enumerate(found.fluids) for said in remarks(found, k, system)
    ]
    for name, said in warned[:10]:
        console.print(f"[yellow] ![/] {escape(name)}: {escape(said)}")
    if len(warned) > 10:
        console.print(f"[yellow] ![/] {len(warned) - 10} more values are hardly possible; --json lists them.")
