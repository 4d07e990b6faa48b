"""Where does a grid's compiled code come from?  As that of a system without space, and cached with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from calcis.solve.grid import multigrid_ir
from calcis.solve.grid.table import FUNCTIONS
from calcis.solve.grid.voxel_ir import Roles, Sizes, roles, voxel_module
from calcis.solve.kernel import machine_code
from calcis.solve.system import System
from calcis.solve.tableau import RODAS4, Tableau


@dataclass(frozen=True)
class GridKernel:
    """Compiled functions of a system on a grid, of any shape; `functions` as the driver's table has them."""

    system: System
    method: Tableau
    roles: Roles
    sizes: Sizes
    prepare: int
    functions: np.ndarray
    key: str
    _engine: Any = field(repr=False)  # owns the machine code


def compile_grid(
    system: System, diffusing: Sequence[Sequence[str]], summed: Sequence[str] = (), method: Tableau = RODAS4
) -> GridKernel:
    """Compile a system for grids.

    diffusing: names of states, in blocks of those that depend strongly on each other; between blocks the
    solver iterates.  summed: names of those kept for all voxels.
    """
    part = roles(system, diffusing, summed)
    text, sizes = voxel_module(system, method, part)
    engine, key = machine_code(text + multigrid_ir.functions(part.blocks))
    stages = range(method.stages)
    names = list(FUNCTIONS)
    names += [f"meet{i}" for i in stages] + [f"stage{i}" for i in stages]
    functions = np.array([engine.get_function_address(name) for name in names], np.int64)
    return GridKernel(
        system, method, part, sizes, engine.get_function_address("prepare"), functions, key, engine
    )
