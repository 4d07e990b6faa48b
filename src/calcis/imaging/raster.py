"""How does an array become a picture inside a page?  As a PNG with a palette, written out directly.

A pixel is a byte into a palette of 256 colours, so that a slice of 64 by 64 takes one to four kilobytes.
"""

from __future__ import annotations

import base64
import struct
import zlib
from functools import cache

import numpy as np

# Black to white, as on CT; and, for all that is no image, viridis, whose lightness grows evenly, so that it
# keeps its order in grey print and for the colour-blind.
_ANCHORS = {
    "grey": ("000000", "ffffff"),
    "viridis": (
        "440154", "482878", "3e4989", "31688e", "26828e", "1f9e89", "35b779", "6ece58", "b5de2b", "fde725",
    ),
}  # fmt: skip


@cache
def palette(name: str) -> bytes:
    """256 colours, a byte for red, green and blue each; `grey` or `viridis`."""
    anchors = np.array([list(bytes.fromhex(word)) for word in _ANCHORS[name]], float)
    at = np.linspace(0.0, 1.0, 256)
    nodes = np.linspace(0.0, 1.0, len(anchors))
    colours = np.stack([np.interp(at, nodes, anchors[:, k]) for k in range(3)], axis=1)
    return bytes(np.rint(colours).astype(np.uint8))


def png(values: np.ndarray, low: float, high: float, colours: str) -> bytes:
    """An array of rows from the top as PNG: `low` and less in the first colour, `high` and more in the last.

    What is not a number gets the first colour.
    """
    share = (np.nan_to_num(np.asarray(values, float), nan=low) - low) / (high - low)
    pixels = np.rint(255.0 * np.clip(share, 0.0, 1.0)).astype(np.uint8)
    rows, columns = pixels.shape
    lines = np.concatenate([np.zeros((rows, 1), np.uint8), pixels], axis=1)  # 0: no filter in this row
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", palette(colours)),
            _chunk(b"IDAT", zlib.compress(lines.tobytes(), 9)),
            _chunk(b"IEND", b""),
        )
    )


def inline(content: bytes) -> str:
    """A PNG as the address of an image inside a page."""
    return "data:image/png;base64," + base64.b64encode(content).decode()


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
