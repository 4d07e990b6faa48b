"""How is the peer installed and asked?  Each process in an environment made for it, by pipe."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from persons import PERSONAL, TIMES, WORK, Population, Timing

PIN = "libroadrunner==2.10.0"
MCJIT, LLJIT = 0, 1


@dataclass(frozen=True)
class Tolerance:
    """What the peer is asked for: `floor` is absolute over relative, None for each state's own scale."""

    rtol: float
    floor: float | None


class Peer:
    """Processes that share the persons among them."""

    def __init__(self, people: Population, sbml: str, processes: int, backend: int = LLJIT) -> None:
        python = _environment()
        model, table = WORK / "peer.xml", WORK / "peer.npz"
        model.write_text(sbml, encoding="utf-8")
        columns = [people.names.index(name) for name in PERSONAL]
        np.savez(
            table,
            names=[name.replace(".", "__") for name in PERSONAL],
            states=[name.replace(".", "__") for name in people.model.states],
            table=people.table[:, columns],
            scales=people.scales,
            times=TIMES,
        )
        command = [str(python), str(Path(__file__).with_name("peer_server.py")), str(model), str(table)]
        self._processes = [
            subprocess.Popen(
                [*command, str(backend)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            for _ in range(processes)
        ]
        ready = [self._answer(process) for process in self._processes]
        self.version, self.load_s = ready[0]["ready"], ready[0]["load_s"]

    def run(
        self, first: int, last: int, tolerance: Tolerance, save: bool = False
    ) -> tuple[Timing, np.ndarray | None]:
        """Simulate persons `first` to `last`; their courses (person, time, state) if `save`.

        Wall time is that of the slowest process.
        """
        cuts = np.linspace(first, last, len(self._processes) + 1).astype(int)
        files = [WORK / f"peer-{k}.npy" for k in range(len(self._processes))]
        for process, begin, end, file in zip(self._processes, cuts[:-1], cuts[1:], files, strict=True):
            request = {
                "rtol": tolerance.rtol,
                "floor": tolerance.floor,
                "first": int(begin),
                "last": int(end),
                "save": str(file) if save else "",
            }
            assert process.stdin is not None
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
        answers = [self._answer(process) for process in self._processes]
        failed = sum(answer["failed"] for answer in answers)
        if failed:
            raise RuntimeError(f"the peer failed for {failed} persons at {tolerance}")
        timing = Timing(max(a["wall_s"] for a in answers), sum(a["cpu_s"] for a in answers))
        return timing, np.concatenate([np.load(file) for file in files]) if save else None

    def close(self) -> None:
        """End the processes."""
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.close()
            process.wait()

    @staticmethod
    def _answer(process: subprocess.Popen[str]) -> dict[str, Any]:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError("the peer's process ended; its message is above")
        found: dict[str, Any] = json.loads(line)
        return found


def _environment() -> Path:
    """The Python of the peer's environment, made on first use."""
    folder = WORK / f"peer-{PIN.replace('==', '-')}-{sys.version_info.major}.{sys.version_info.minor}"
    python, done = folder / "bin" / "python", folder / "installed"
    if not done.exists():
        print(f"making the peer's environment ({PIN})", flush=True)
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", PIN], check=True)
        done.touch()
    return python
