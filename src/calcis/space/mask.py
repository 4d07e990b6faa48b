"""Which voxels of a block lie in a segmented image?  A mask from a NIfTI file, kept as text.

Coordinates of an image are mm to the right, anterior and superior (RAS+).  Which of these the surface of the
block looks to is said with the mask; depth goes the other way.
"""

from __future__ import annotations

import base64
import binascii
import math
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from calcis.errors import InputError
from calcis.solve.grid.layout import Grid

ENDINGS = (".nii", ".nii.gz")
MOST_VOXELS = 512 * 512 * 256  # of an image
MOST_TEXT = 1_000_000  # characters of a mask in the text of a case
_MOST_POINTS = 64_000_000  # at which a mask is looked up
_FINEST = 8  # points along the edge of a voxel of the block
_INSIDE = 0.5  # values above it are inside
_EDGES = {"mm": 1.0, "micron": 1e-3, "meter": 1e3, "unknown": 1.0}  # mm

# Surface -> directions (right, anterior, superior) of x, y and depth in the block, as seen from outside.
SURFACES = {
    "superior": ((1, 0, 0), (0, 1, 0), (0, 0, -1)),
    "inferior": ((-1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "anterior": ((-1, 0, 0), (0, 0, 1), (0, -1, 0)),
    "posterior": ((1, 0, 0), (0, 0, 1), (0, 1, 0)),
    "left": ((0, -1, 0), (0, 0, 1), (1, 0, 0)),
    "right": ((0, 1, 0), (0, 0, 1), (-1, 0, 0)),
}


@dataclass(frozen=True, eq=False)
class Segment:
    """What is inside, per voxel (i, j, k) of an image, and its affine: (i, j, k, 1) to mm, RAS+."""

    inside: np.ndarray
    affine: np.ndarray

    @property
    def volume(self) -> float:
        """mm³."""
        return float(self.inside.sum() * abs(np.linalg.det(self.affine[:3, :3])))

    def ends(self, surface: str) -> tuple[np.ndarray, np.ndarray]:
        """Least and largest (mm) along x, y and depth of the block."""
        steps = np.array(SURFACES[surface], float) @ self.affine[:3, :3]
        middles = steps @ np.array(np.nonzero(self.inside)) + self._origin(surface)[:, None]
        half = 0.5 * np.abs(steps).sum(axis=1)
        return middles.min(axis=1) - half, middles.max(axis=1) + half

    def size(self, surface: str) -> tuple[float, float, float]:
        """Extent (mm) along x, y and depth of the block."""
        least, largest = self.ends(surface)
        x, y, z = (largest - least).tolist()
        return x, y, z

    def _origin(self, surface: str) -> np.ndarray:
        return np.asarray(np.array(SURFACES[surface], float) @ self.affine[:3, 3])

    def share_of_voxels(self, grid: Grid, surface: str, depth: float | None = None) -> np.ndarray:
        """Share (z, y, x) of every voxel of a block that lies inside.

        The middle of the segment lies in the middle of the block, at a depth (mm; else in the middle too).
        """
        nx, ny, nz = grid.shape
        middle = 0.5 * grid.spacing * np.array(grid.shape)
        middle[2] = middle[2] if depth is None else depth
        into = np.linalg.inv(self.affine)
        back = into[:3, :3] @ np.array(SURFACES[surface], float).T  # mm in the block -> voxels of the image
        least, largest = self.ends(surface)
        start = back @ (0.5 * (least + largest) - middle) + into[:3, 3]
        fine = _points(self.affine, grid)
        x, y, z = ((np.arange(count * fine) + 0.5) * grid.spacing / fine for count in grid.shape)
        across = back[:, 0, None, None] * x + back[:, 1, None, None] * y[:, None] + start[:, None, None]
        found = np.zeros((nz, ny, nx))
        for k, depth_here in enumerate(z):
            at = np.rint(across + (back[:, 2] * depth_here)[:, None, None]).astype(np.int64)
            within = np.ones(at.shape[1:], bool)
            for axis, count in zip(at, self.inside.shape, strict=True):
                within &= (axis >= 0) & (axis < count)
            values = np.zeros(at.shape[1:])
            values[within] = self.inside[tuple(axis[within] for axis in at)]
            found[k // fine] += values.reshape(ny, fine, nx, fine).sum(axis=(1, 3))
        return found / fine**3


def _points(affine: np.ndarray, grid: Grid) -> int:
    """Points along the edge of a voxel: two for each voxel of the image, as far as there is time."""
    finest = float(np.sqrt((affine[:3, :3] ** 2).sum(axis=0)).min())
    wanted = math.ceil(2.0 * grid.spacing / finest)
    return max(1, min(wanted, _FINEST, int((_MOST_POINTS / grid.voxels) ** (1 / 3))))


def read_segment(path: Path, label: int | None = None) -> Segment:
    """What is inside in a NIfTI image: values above a half, or those of a `label`.

    Raises InputError for what is no such image, too large, or empty.
    """
    try:
        import nibabel
    except ImportError:
        raise InputError(
            "nibabel, which reads NIfTI; it comes with the extra 'images': pip install 'calcis[images]'",
            "none installed",
        ) from None
    if not path.name.endswith(ENDINGS):
        raise InputError("a NIfTI image, .nii or .nii.gz", repr(path.name))
    if not path.is_file():
        raise InputError("a file", f"none called {path.name!r}")
    try:
        image = nibabel.Nifti1Image.from_filename(path)
        shape = tuple(count for count in image.shape if count > 1)
        if len(image.shape) < 3 or len(shape) > 3 or math.prod(image.shape) > MOST_VOXELS:
            got = " x ".join(map(str, image.shape))
            raise InputError(f"one image in three dimensions, of at most {MOST_VOXELS} voxels", got)
        values = np.asanyarray(image.dataobj).reshape(image.shape[:3])
        affine = np.array(image.affine, float)
        affine[:3] *= _EDGES[image.header.get_xyzt_units()[0]]
    except InputError:
        raise
    except Exception as problem:  # what is no image can fail in any way that nibabel, gzip or numpy know
        raise InputError("a NIfTI image", f"{path.name!r} ({type(problem).__name__}: {problem})") from None
    inside = values > _INSIDE if label is None else values == label
    if not inside.any():
        what = "a value above 0.5" if label is None else f"the label {label}"
        raise InputError(f"an image with {what} somewhere", f"{path.name!r} without")
    return _cropped(inside, affine)


def _cropped(inside: np.ndarray, affine: np.ndarray) -> Segment:
    """The box around all that is inside."""
    first = [int(np.nonzero(inside.any(axis=other))[0][0]) for other in ((1, 2), (0, 2), (0, 1))]
    last = [int(np.nonzero(inside.any(axis=other))[0][-1]) for other in ((1, 2), (0, 2), (0, 1))]
    box = tuple(slice(low, high + 1) for low, high in zip(first, last, strict=True))
    moved = affine.copy()
    moved[:3, 3] += affine[:3, :3] @ first
    return _checked(np.ascontiguousarray(inside[box]), moved)


def _checked(inside: np.ndarray, affine: np.ndarray) -> Segment:
    if not np.isfinite(affine).all() or abs(np.linalg.det(affine[:3, :3])) < 1e-12:
        raise InputError("an image whose header tells the size of its voxels", "one that does not")
    return Segment(inside, affine)


def as_text(segment: Segment) -> str:
    """A segment in one line: counts of voxels, affine, and one bit for each voxel, deflated, in base 64.

    Raises InputError for one that would be too long.
    """
    counts = " ".join(map(str, segment.inside.shape))
    affine = " ".join(repr(float(value)) for value in segment.affine[:3].ravel())
    bits = base64.b64encode(zlib.compress(np.packbits(segment.inside).tobytes(), 9)).decode()
    if len(bits) > MOST_TEXT:
        raise InputError(f"a mask that packs into {MOST_TEXT} characters", f"one of {len(bits)}: coarsen it")
    return f"{counts} | {affine} | {bits}"


def from_text(text: str) -> Segment:
    """The segment that `as_text` wrote.  Raises InputError for anything else."""
    wrong = InputError("a mask as a run keeps it: counts | affine | bits", "another text")
    try:
        counts, affine, bits = text.split("|")
        shape = tuple(int(count) for count in counts.split())
        numbers = np.array([float(value) for value in affine.split()]).reshape(3, 4)
        if len(shape) != 3 or min(shape) < 1 or math.prod(shape) > MOST_VOXELS:
            raise wrong
        length = -(-math.prod(shape) // 8)
        packed = zlib.decompressobj().decompress(base64.b64decode(bits.strip(), validate=True), length + 1)
        if len(packed) != length:
            raise wrong
        inside = np.unpackbits(np.frombuffer(packed, np.uint8), count=math.prod(shape)).astype(bool)
    except (ValueError, binascii.Error, zlib.error):
        raise wrong from None
    if not inside.any():
        raise wrong
    return _checked(inside.reshape(shape), np.vstack([numbers, [0.0, 0.0, 0.0, 1.0]]))
