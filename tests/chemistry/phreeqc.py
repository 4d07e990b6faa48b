"""PHREEQC as the reference: its input is written from our own database, its answers are read as arrays."""

from __future__ import annotations

import re

import numpy as np
import pytest

from calcis.chemistry.database import HYDROGEN, Database, Species

# What PHREEQC asks of every database; without redox couples none of it takes part.
WATER = """SOLUTION_MASTER_SPECIES
H H+ -1 H 1.008
H(0) H2 0 H
H(1) H+ -1 0
E e- 0 0 0
O H2O 0 O 16
O(0) O2 0 O
O(-2) H2O 0 0
{masters}
SOLUTION_SPECIES
H2O = H2O
e- = e-
2 H2O = O2 + 4 H+ + 4 e-
 log_k -86.08
2 H+ + 2 e- = H2
 log_k -3.15
"""


def element(species: Species) -> str:
    """PHREEQC's name of what a master species is a species of."""
    return next(token for token in re.findall("[A-Z][a-z]*", species.name) if token not in ("H", "O"))


def database_text(database: Database, solids: dict[str, tuple[str, float]] | None = None) -> str:
    """Our database as a PHREEQC database; `solids` gives reaction and lg K of phases at any temperature."""
    own = database.species[: len(database.masters)]
    masters = "\n".join(f"{element(one)} {one.name} 0 {element(one)} 1" for one in own)
    lines = [WATER.format(masters=masters)]
    names = dict(zip((*database.masters, HYDROGEN), (*(one.name for one in own), "H+"), strict=True))
    for one in database.species:
        made = "+".join(
            f" {count:g} {names.get(name, name)} " for name, count in one.formula.items() if count > 0
        )
        left = "+".join(
            f" {-count:g} {names.get(name, name)} " for name, count in one.formula.items() if count < 0
        )
        lines.append(f"{made} = {one.name}{' + ' + left if left else ''}".replace(" 1 ", " "))
        if one.reaction:
            lines.append(" -analytic " + " ".join(repr(a) for a in one.analytic))
        if one.gamma is not None:
            lines.append(f" -gamma {one.gamma[0]!r} {one.gamma[1]!r}")
    lines.append("PHASES")
    for name, (reaction, lg) in (solids or {}).items():
        lines += [name, f" {reaction}", f" log_k {lg!r}"]
    return "\n".join([*lines, "END", ""])


class Phreeqc:
    """One PHREEQC with our database loaded."""

    def __init__(
        self, database: Database, solids: dict[str, tuple[str, float]] | None = None, tolerance: float = 1e-12
    ) -> None:
        VIPhreeqc = pytest.importorskip("phreeqpython.viphreeqc").VIPhreeqc

        self.database, self.solids = database, list(solids or {})
        self.engine = VIPhreeqc()
        self.engine.load_database_string(database_text(database, solids))
        self.engine.run_string(f"KNOBS\n -convergence_tolerance {tolerance}\n -iterations 400\nEND\n")

    def text(self, totals: np.ndarray, ph: np.ndarray | None, temperature: np.ndarray) -> str:
        """Input of fluids: mol/kg water (fluid, master), K; pH from charge balance for None."""
        elements = [element(one) for one in self.database.species[: len(self.database.masters)]]
        lines = []
        for k, amounts in enumerate(totals.tolist()):
            acid = f"{float(ph[k])!r}" if ph is not None else "7 charge"
            lines += [f"SOLUTION {k + 1}", " units mol/kgw", f" temp {float(temperature[k]) - 273.15!r}"]
            lines.append(f" pH {acid}")
            lines += [f" {name} {total!r}" for name, total in zip(elements, amounts, strict=True) if total]
        return "\n".join([*lines, "END", ""])

    def input(self, totals: np.ndarray, ph: np.ndarray | None, temperature: np.ndarray) -> str:
        """Input of many fluids that asks for all that `run` gives."""
        punched = [
            *(f'MOL("{name}")' for name in self.database.names),
            *(f'LA("{name}")' for name in self.database.names),
            *(f'SI("{name}")' for name in self.solids),
            *("MU", 'ACT("H2O")', '-LA("H+")'),
        ]
        punch = "\n".join(f"{10 * (k + 1)} PUNCH {what}" for k, what in enumerate(punched))
        header = (
            "SELECTED_OUTPUT 1\n -reset false\n -high_precision true\nUSER_PUNCH 1\n -headings "
            + " ".join(f"c{k}" for k in range(len(punched)))
            + f"\n -start\n{punch}\n -end\nEND\n"
        )
        return header + self.text(totals, ph, temperature)

    def run(
        self, totals: np.ndarray, ph: np.ndarray | None, temperature: np.ndarray
    ) -> dict[str, np.ndarray]:
        """Molalities and lg activities (fluid, species), saturation indices, ionic strength, aw, pH."""
        self.engine.run_string(self.input(totals, ph, temperature))
        table = self.engine.get_selected_output_array()[1:]
        assert len(table) == len(totals), f"{len(table)} of {len(totals)} fluids"
        found = np.array(table, float)
        n, m = len(self.database.names), len(self.solids)
        return {
            "molality": found[:, :n],
            "lg_activity": found[:, n : 2 * n],
            "saturation": found[:, 2 * n : 2 * n + m],
            "ionic_strength": found[:, -3],
            "water_activity": found[:, -2],
            "ph": found[:, -1],
        }
