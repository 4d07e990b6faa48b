"""With what was a run made: which version, libraries, processor and data?  And is that so here?"""

from __future__ import annotations

import hashlib
import json
import platform
from importlib import metadata
from pathlib import Path

import calcis
from calcis.parameters import data_path
from calcis.wording import listed

_LIBRARIES = ("numpy", "casadi", "llvmlite", "numba")  # those that can move a bit of the result


class OtherVersion(UserWarning):
    """A run was made with other data or versions than are installed here."""


def versions() -> dict[str, str]:
    """What can move a bit of the result: Calcis, Python, libraries, the processor and its features."""
    import llvmlite.binding as llvm

    found = {"calcis": calcis.__version__, "python": platform.python_version()} | _packages()
    features = sorted(name for name, on in llvm.get_host_cpu_features().items() if on)
    return found | {"processor": llvm.get_host_cpu_name(), "processor features": " ".join(features)}


def _packages() -> dict[str, str]:
    return {"calcis": calcis.__version__} | {name: metadata.version(name) for name in _LIBRARIES}


def data_hashes() -> dict[str, str]:
    """sha256 of every data file of the package that carries numbers or references; experiments are none."""
    root = data_path()
    files = sorted(path for path in root.rglob("*") if path.suffix in {".yaml", ".bib"})
    files = [path for path in files if root / "validation" not in path.parents]
    return {path.relative_to(root).as_posix(): sha256(path.read_bytes()) for path in files}


def moved_since(record: Path) -> str | None:
    """What differs here from what the run of a `run.json` was made with, in a sentence; None if nothing does.

    Only what can move results for a reader: Calcis, its data and its libraries.
    """
    try:
        described = json.loads(record.read_text(encoding="utf-8"))
        then, data = dict(described["versions"]), dict(described["data"])
    except (ValueError, KeyError, TypeError, OSError):
        return None
    now, hashes = _packages(), data_hashes()
    told = [
        f"{name} {then[name]} (here {now[name]})" for name in now if name in then and then[name] != now[name]
    ]
    files = sorted(name for name in data.keys() | hashes.keys() if data.get(name) != hashes.get(name))
    if files:
        more = f" and {len(files) - 2} more" if len(files) > 2 else ""
        told.append(f"other data ({', '.join(files[:2])}{more})")
    if not told:
        return None
    return f"{record} was made with {listed(told)}; run it again and its results may move"


def sha256(content: bytes) -> str:
    """The hash of a file's content, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
