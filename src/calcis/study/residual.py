"""How far is a simulated number from an observation, in standard deviations?  What a fit makes small.

One rule for all observations: its limits lie two standard deviations from its middle.  Of `equals` with
`within` as of `least` with `most` the middle is half-way, and the residual

    r = 2·(y − middle)/(half of the width);

where the limits are positive and further apart than a factor of 2, all of it in logarithms.  Of one limit
alone, L, that the number should stay on one side of, the residual is a softened hinge,

    r = s·ln(1 + e^(x/s)),  x = 1 + d/w,  s = 1/2,

d being how far y is beyond the limit and w a width that is told for the quantity (`Widths`); of a difference
it is a quarter of the limit.  It is 0.06 two widths inside, 1.06 at the limit, and grows by 1 for every width
beyond.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from calcis.study.verdict import Verdict

FAILED = 30.0  # of a number that a run could not give
SOFTNESS = 0.5
OF_DIFFERENCES = 0.25
_APART = 2.0  # from this factor between its limits on, an observation is measured in logarithms
_FAR = 10.0  # by this factor below the lower limit logarithms go on as their tangent, so that 0 is not lost


@dataclass(frozen=True)
class Widths:
    """The width of a hinge as a share of its limit: by course, and of all others."""

    others: float = 0.05
    courses: Mapping[str, float] | None = None

    def of(self, verdict: Verdict) -> float:
        """The width for an observation, in its unit."""
        limit = verdict.low if math.isfinite(verdict.low) else verdict.high
        form = verdict.said.form
        share = (self.courses or {}).get(form.of, self.others) if isinstance(form.of, str) else self.others
        if limit == 0.0:
            key = "least" if form.least is not None else "most"
            raise verdict.said.refuse(key, "a limit to fit to that is not 0, or both `least` and `most`", "0")
        return (share if form.minus is None else OF_DIFFERENCES) * abs(limit)


def residual(verdict: Verdict, widths: Widths) -> float:
    """How far its simulated number is from what was observed, in standard deviations; always finite.

    Raises InputError, with place, for an observation that a fit cannot use.
    """
    y, low, high = verdict.simulated, verdict.low, verdict.high
    if not math.isfinite(y):
        return FAILED
    if math.isfinite(low) and math.isfinite(high):
        if low == high:
            key = "equals" if verdict.value is not None else "least"
            raise verdict.said.refuse(key, "an observation with some tolerance, to fit to", "none")
        if low > 0.0 and high > _APART * low:
            y, low, high = _log(y, low / _FAR), math.log(low), math.log(high)
        return 2.0 * (2.0 * y - low - high) / (high - low)
    beyond = low - y if math.isfinite(low) else y - high
    x = (1.0 + beyond / widths.of(verdict)) / SOFTNESS
    return SOFTNESS * (x if x > 50.0 else math.log1p(math.exp(x)))


def _log(y: float, tangent: float) -> float:
    """ln y down to `tangent`, and from there on straight."""
    return math.log(y) if y > tangent else math.log(tangent) + (y - tangent) / tangent
