"""What are blood pressure, heart rate and AV conduction of a person who takes drugs that move them?

Nothing else of the circulation is simulated: resting values, moved by drugs while they are there.  What the
body does against it, by reflexes, is in what was measured of the drugs.
"""

from __future__ import annotations

from calcis.part import Part, Signal

CIRCULATION = Part(
    name="circulation",
    parameters={"resting_pressure": "mmHg", "resting_rate": "1/min", "resting_pr_interval": "ms"},
    gives={
        "mean_arterial_pressure": Signal("mmHg", lambda v: v.resting_pressure),
        "heart_rate": Signal("1/min", lambda v: v.resting_rate),
        "pr_interval": Signal("ms", lambda v: v.resting_pr_interval),
    },
)
