"""Which numbers of the body of Calcis agree best with what was observed, and how well are they known?

    python -m calibration.fit_body [--write]

Fits the numbers of calibration/body.yaml to the experiments whose observations say `fitted:
calibration/fit_body.py`; with --write they go into the data files, and calibration/report.md with them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from calibration.fitting import Script
from calibration.fitting import main as fit

SCRIPT = Script("fit_body.py", "body.yaml", "report.md", "calcis")


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit and tell.  Exit status 0; 1 without an optimum, 2 for bad input, 130 when stopped."""
    return fit(SCRIPT, __doc__, arguments)


if __name__ == "__main__":
    sys.exit(main())
