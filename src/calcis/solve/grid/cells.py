"""How is a function over the voxels of a row written?  On vectors of eight voxels, in a loop.

A field of a grid is stored row by row, the voxels of one colour of the checkerboard together, with
empty ones between rows and around the grid.  Some fields are single precision; all arithmetic is double.
"""

from __future__ import annotations

from collections.abc import Iterable

from calcis.solve.ir import LANES, VECTOR, Writer

SINGLE = f"<{LANES} x float>"

# How many elements away the six neighbours are, in fields of the other colour.
NEIGHBOURS = ("%left", "%right", "%row", "%minus_row", "%plane", "%minus_plane")
_OPPOSITE = (
    "  %right = add i64 %left, 1",
    "  %minus_row = sub i64 0, %row",
    "  %minus_plane = sub i64 0, %plane",
)


class Cells(Writer):
    """Lines of a function on eight voxels from `%at` on; `%field` elements lie between two fields."""

    def __init__(self) -> None:
        super().__init__()
        self.starts: dict[str, str] = {}  # where a field begins -> what computes it
        self._index: dict[tuple[int, str, str], str] = {}

    def _at(self, field: int, shift: str, apart: str) -> str:
        if (field, shift, apart) not in self._index:
            index = "%at"
            if shift:
                index = self._value(f"add i64 {index}, {shift}")
            if field:
                start = f"{apart}.{field}"
                self.starts[start] = f"  {start} = mul i64 {apart}, {field}"
                index = self._value(f"add i64 {index}, {start}")
            self._index[field, shift, apart] = index
        return self._index[field, shift, apart]

    def read(
        self, array: str, field: int = 0, shift: str = "", single: bool = False, apart: str = "%field"
    ) -> str:
        """Eight voxels of a field, or those `shift` elements away; `apart`: elements between two fields."""
        kind, vector = ("float", SINGLE) if single else ("double", VECTOR)
        index = self._at(field, shift, apart)
        address = self._value(f"getelementptr inbounds {kind}, ptr {array}, i64 {index}")
        value = self._value(f"load {vector}, ptr {address}, align {4 if single else 8}")
        return self._value(f"fpext {vector} {value} to {VECTOR}") if single else value

    def put(
        self, value: str, array: str, field: int = 0, single: bool = False, apart: str = "%field"
    ) -> None:
        """Store eight voxels of a field."""
        kind, vector = ("float", SINGLE) if single else ("double", VECTOR)
        index = self._at(field, "", apart)
        if single:
            value = self._value(f"fptrunc {VECTOR} {value} to {vector}")
        address = self._value(f"getelementptr inbounds {kind}, ptr {array}, i64 {index}")
        self.lines.append(f"  store {vector} {value}, ptr {address}, align {4 if single else 8}")

    def count(self, value: str, sums: str, index: int) -> None:
        """Add to the index-th of an array of sums, lane by lane."""
        self.store(self.add(self.load(sums, index), value), sums, index)


def over_row(
    name: str, pointers: Iterable[str], cells: Cells, near: bool = False, integers: Iterable[str] = ()
) -> str:
    """A function on `count` vectors of eight voxels, one behind the other; `near`: it sees neighbours.

    Its arguments are pointers, then left, row and plane if it sees neighbours, integers, field and count.
    """
    integers = [*(("left", "row", "plane") if near else ()), *integers, "field", "count"]
    begin = "  br label %loop\nloop:\n  %i = phi i64 [0, %entry], [%next, %loop]\n"
    end = "  %next = add i64 %i, 1\n  %more = icmp slt i64 %next, %count\n"
    lines = [
        *_head(name, pointers, integers),
        *(_OPPOSITE if near else ()),
        *cells.starts.values(),
        begin + f"  %at = mul i64 %i, {LANES}",
        *cells.lines,
        end + "  br i1 %more, label %loop, label %done\ndone:\n  ret void\n}\n",
    ]
    return "\n".join(lines)


def on_vector(name: str, pointers: Iterable[str], cells: Cells) -> str:
    """A function on one vector of eight voxels.  Its arguments are pointers, then field."""
    lines = [*_head(name, pointers, ["field"]), *cells.starts.values(), "  %at = add i64 0, 0", *cells.lines]
    return "\n".join([*lines, "  ret void\n}\n"])


def _head(name: str, pointers: Iterable[str], integers: Iterable[str]) -> list[str]:
    arguments = [f"%{pointer}" for pointer in pointers] + [f"%{integer}.p" for integer in integers]
    return [
        f"define void @{name}({', '.join(f'ptr {argument}' for argument in arguments)}) noinline nounwind {{",
        "entry:",
        *(f"  %{integer} = ptrtoint ptr %{integer}.p to i64" for integer in integers),
    ]
