"""How can a lane stand?  Numbers that the compiled driver writes and the solver reads."""

RUNNING, DONE, STEP_TOO_SMALL, NOT_FINITE, TOO_MANY_STEPS = range(5)
