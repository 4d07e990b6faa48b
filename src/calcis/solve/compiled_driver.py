"""How does a driver come compiled?  From the kernels' cache, checked; else anew, in a second process.

numba keeps each compiled driver in a folder of its own below the kernel cache.  A seal of checksums
is written when it is complete; a folder that does not fit its seal is compiled anew.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from calcis.cache import cache_folder, is_own
from calcis.solve.ir import LANES
from calcis.solve.kernel import processor

_SEAL = "seal"


@dataclass(frozen=True)
class Driver:
    """A function that numba compiles, in a module of calcis.solve; all files that its code depends on."""

    module: str
    function: str
    files: tuple[str, ...]

    @property
    def sources(self) -> list[Path]:
        """The files, the module's own first."""
        return [Path(__file__).parent / name for name in self.files]


MARCH = Driver("driver", "march", ("driver.py",))
_GRID = ("grid/driver.py", "grid/multigrid.py", "grid/layout.py", "grid/table.py", "driver.py", "ir.py")
GRID_STEP = Driver("grid.driver", "step", _GRID)


def grid_step() -> Callable[..., bool]:
    """The compiled `calcis.solve.grid.driver.step`."""
    compiled: Callable[..., bool] = _compiled(GRID_STEP)
    return compiled


def march() -> Callable[..., bool]:
    """The compiled `calcis.solve.driver.march`; waits for a second process that is compiling it."""
    _finish()
    compiled: Callable[..., bool] = _compiled(MARCH)
    return compiled


def begin() -> None:
    """Start compiling in a second process if the cache does not hold the driver, to save time."""
    if _sound(_folder(MARCH)) or not sys.executable:
        return
    code = "from calcis.solve.compiled_driver import compile_now; compile_now()"
    quiet = subprocess.DEVNULL
    with suppress(OSError):  # then this process compiles
        # -P: nothing that lies in the working folder is imported.
        command = [sys.executable, "-P", "-c", code]
        _second.append(subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet))


def identity(driver: Driver = MARCH) -> str:
    """A name for a driver's code, its compiler and the processor."""
    versions = f"{LANES} {version('numba')} {version('llvmlite')} {sys.version} {processor()}"
    code = b"".join(source.read_bytes() for source in driver.sources)
    return hashlib.sha256(code + versions.encode()).hexdigest()


def compile_now() -> None:
    """Compile the driver into the cache, by solving the smallest of problems."""
    import numpy as np

    from calcis.solve.integrate import solve
    from calcis.solve.kernel import compile_system
    from calcis.solve.schedule import Lane
    from calcis.solve.system import trace_equations

    kernel = compile_system(trace_equations(lambda y, p, q, s: ([-y[0]], []), {"x": (1.0, False)}, ()))
    solve(kernel, [Lane("x", np.zeros(0), np.ones(1), 0.0, 1.0)], np.array([0.0, 0.5, 1.0]), 1e-3)


def seal(driver: Driver = MARCH) -> None:
    """Note the checksums of a compiled driver; called when it has run once.  Failing to is no error."""
    folder = _folder(driver)
    try:
        if folder.is_dir() and not (folder / _SEAL).exists():
            with tempfile.NamedTemporaryFile("w", dir=folder, prefix=".", delete=False) as file:
                file.write(_checksum(folder))
            Path(file.name).replace(folder / _SEAL)
    except OSError:
        pass


_second: list[subprocess.Popen[bytes]] = []  # at most one, this process's own


def _finish() -> None:
    """Wait for the second process, and do meanwhile what this one needs to load what comes of it."""
    if _second:
        import numba.core.registry

        target: Any = numba.core.registry.cpu_target
        target.typing_context.refresh()
        target.target_context.refresh()
    while _second:
        _second.pop().wait()


@cache
def _folder(driver: Driver) -> Path:
    # numba's files are of one source file at one place and date: each installation has its own.
    source = driver.sources[0]
    place = f"{identity(driver)} {source.resolve()} {source.stat().st_mtime_ns}"
    return cache_folder() / f"driver-{hashlib.sha256(place.encode()).hexdigest()[:32]}"


@cache
def _compiled(driver: Driver) -> Any:
    import numba

    plain = getattr(import_module(f"calcis.solve.{driver.module}"), driver.function)
    config: Any = numba.config
    compiler: Any = partial(numba.njit, nogil=True, error_model="numpy")
    folder, before = _folder(driver), config.CACHE_DIR
    if not _sound(folder):
        shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        config.CACHE_DIR = str(folder)
        cached = compiler(cache=True)(plain)
    except (OSError, RuntimeError):  # a cache that cannot be written
        return compiler()(plain)
    finally:
        config.CACHE_DIR = before

    def call(*arguments: Any) -> bool:
        try:
            return bool(cached(*arguments))
        except OSError:  # numba stores what it has compiled at the first call, before it runs
            return bool(fallback()(*arguments))

    @cache
    def fallback() -> Any:
        return compiler()(plain)

    return call


def _checksum(folder: Path) -> str:
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith(".") and path.name != _SEAL:
            found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()


def _sound(folder: Path) -> bool:
    """Whether the folder holds a complete, undamaged driver."""
    try:
        trusted = is_own(folder) and all(map(is_own, folder.rglob("*")))
        return trusted and (folder / _SEAL).read_text() == _checksum(folder)
    except (OSError, UnicodeDecodeError):
        return False
