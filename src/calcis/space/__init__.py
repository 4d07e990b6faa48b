"""The lesion in space: the tissue's Parts in every voxel of a grid, and dissolved species between them."""
