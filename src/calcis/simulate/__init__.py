"""The clock: how a case is simulated, stage after stage, so that it can be watched and resumed."""

from calcis.simulate.case_run import simulate
from calcis.simulate.march import Pace

__all__ = ["Pace", "simulate"]
