"""On what was it measured?"""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

from calcis import __version__


def machine() -> dict[str, str]:
    """Processor, cores, system and versions, in words."""
    model = platform.processor() or "unknown processor"
    wide = ""
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
        if line.startswith("flags") and "avx512f" in line:
            wide = ", AVX-512"
    load = os.getloadavg()[0]
    return {
        "processor": f"{model}, {os.cpu_count()} cores{wide}",
        "system": f"{platform.system()}, Python {platform.python_version()}",
        "versions": ", ".join(
            [
                f"calcis {__version__}",
                *(f"{name} {version(name)}" for name in ("llvmlite", "numba", "casadi")),
            ]
        ),
        "load": f"{load:.2f} processes wanted to run in the minute before",
    }
