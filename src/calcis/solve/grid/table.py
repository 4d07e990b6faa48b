"""What stands where in the driver's tables of addresses, functions and sizes?"""

from __future__ import annotations

# Addresses of arrays.  Rows of the finest level, in double precision: diffusing states within a stage, its
# solution and right side, the blocks left for them, openness e and a, and the weight of a voxel.  Then
# vectors of eight voxels: states, stages, what depends on parameters alone.  Then what all voxels share; at
# last a row of blocks for each thread, where they are not kept.
(CONC, SOLUTION, RHS, SCHUR, OPEN, ENTRY, WEIGHT, STATE, STAGES, DERIVED, CONTROLS, TIME, STEP, SPREAD, FLOOR,
 WORK, SUMS, CORNERS, SHARE, POOL, BARRIER, ROWS) = range(22)  # fmt: skip
ADDRESSES = 22

# Functions of multigrid, then of a voxel; meet and stage follow, one of each for every stage.
FUNCTIONS = (
    "start", "relax", "excess", "prolong", "invert", "flow", "narrow", "correct", "residual", "missing",
    "begin", "wait", "build", "finish",
)  # fmt: skip
(START, RELAX, EXCESS, PROLONG, INVERT, FLOW, NARROW, CORRECT, RESIDUAL, MISSING, BEGIN, WAIT,
 BUILD, FINISH, MEET) = range(15)  # fmt: skip

# Sizes, in vectors of eight.
(STATES, DIFFUSING, SUMMED, NUMBER_OF_STAGES, NUMBER_KEPT, NUMBER_DERIVED, WORK_SIZE, INVERTED,
 ROWS_KEPT) = range(9)  # fmt: skip
