"""Calcis: how soft tissue calcifies, and what undoes it.

`calcis.run("case.yaml")` simulates a case, `calcis.load("case.run")` opens what a run left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from calcis.job import run as run
    from calcis.results.run_folder import load as load

__version__ = "0.1.0"
__all__ = ["__version__", "load", "run"]


def __getattr__(name: str) -> Any:
    """Find `run` and `load` when they are first asked for, so that importing calcis is instant."""
    if name == "run":
        from calcis.job import run

        return run
    if name == "load":
        from calcis.results.run_folder import load

        return load
    raise AttributeError(f"module 'calcis' has no attribute {name!r}")
