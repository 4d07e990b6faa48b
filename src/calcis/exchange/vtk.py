"""How do fields in space become files that ParaView opens?  A .vti for every frame, and a .pvd over time.

Written directly: VTK itself is a hundred times larger than all this.  Values are of cells, because a voxel
holds a mean and not a point; z = -depth in mm, so that the surface lies at z = 0 and looks up.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from calcis.exchange.nifti import affine, spacing_of, unit_of, upright
from calcis.writing import FOLDER, writing

if TYPE_CHECKING:
    import xarray

_FILE = '<VTKFile type="{}" version="1.0" byte_order="LittleEndian" header_type="UInt64"{}>\n'
_DAY = 24.0


def write_vtk(
    folder: Path, name: str, fields: xarray.Dataset, names: Sequence[str], frames: Sequence[int]
) -> Path:
    """Frames of the named fields into a folder, as NAME/0000.vti and so on; NAME.pvd, with times in days.

    Raises InputError where they cannot be written.
    """
    collection = folder / f"{name}.pvd"
    times = np.asarray(fields["time"].values, float)
    lines = []
    with writing(folder, FOLDER):
        (folder / name).mkdir(parents=True)
        for count, frame in enumerate(frames):
            file = f"{name}/{count:04d}.vti"
            (folder / file).write_bytes(_image(fields, names, frame))
            lines.append(f'<DataSet timestep="{times[frame] / _DAY:.10g}" file={quoteattr(file)}/>\n')
        head = f'<?xml version="1.0"?>\n{_FILE.format("Collection", "")}<Collection>\n'
        collection.write_text(f"{head}{''.join(lines)}</Collection>\n</VTKFile>\n", encoding="utf-8")
    return collection


def _image(fields: xarray.Dataset, names: Sequence[str], frame: int) -> bytes:
    """One frame as the bytes of a .vti."""
    shape = tuple(len(fields[axis]) for axis in ("x", "y", "z"))
    spacing = spacing_of(fields)
    corner = affine(fields)[:3, 3] - 0.5 * spacing
    extent = " ".join(f"0 {count}" for count in shape)
    place = f'Origin="{_words(corner)}" Spacing="{_words([spacing] * 3)}"'
    described, appended, offset = [], [], 0
    for name in names:
        field = fields[name].isel(time=frame)
        packed = _packed(upright(np.asarray(field.values, "<f4")).tobytes(order="F"))
        unit = escape(unit_of(field))
        described.append(
            f'<DataArray type="Float32" Name={quoteattr(name)} format="appended" offset="{offset}">'
            f'<InformationKey name="UNITS_LABEL" location="vtkDataArray">{unit}</InformationKey>'
            "</DataArray>\n"
        )
        appended.append(packed)
        offset += len(packed)
    day = float(fields["time"].values[frame]) / _DAY
    text = (
        '<?xml version="1.0"?>\n'
        + _FILE.format("ImageData", ' compressor="vtkZLibDataCompressor"')
        + f'<ImageData WholeExtent="{extent}" {place}>\n'
        + '<FieldData><DataArray type="Float64" Name="TimeValue" NumberOfTuples="1" format="ascii">'
        + f"{day:.17g}</DataArray></FieldData>\n"
        + f'<Piece Extent="{extent}">\n<CellData>\n{"".join(described)}</CellData>\n</Piece>\n'
        + '</ImageData>\n<AppendedData encoding="raw">\n_'
    )
    return text.encode() + b"".join(appended) + b"\n</AppendedData>\n</VTKFile>\n"


def _packed(values: bytes) -> bytes:
    """As VTK compresses: number of blocks, their size, that of the last if it is less, compressed sizes."""
    packed = zlib.compress(values, 4)
    return struct.pack("<4Q", 1, len(values), 0, len(packed)) + packed


def _words(numbers: Sequence[float] | np.ndarray) -> str:
    return " ".join(f"{float(number):.12g}" for number in numbers)
