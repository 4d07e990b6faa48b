"""How is a stiff system solved on a regular grid, with some of its states diffusing?  Knows no biology.

Linearly implicit steps (Rosenbrock) over the whole grid.  In every voxel the states that do not diffuse
are eliminated by unrolled code; what is left, a small block for the diffusing ones, is solved by multigrid.
"""
