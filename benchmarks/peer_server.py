"""How does libRoadRunner simulate the same persons?  Run by peer.py in an environment of its own.

Arguments: the SBML file, the table of persons (.npz), the LLVM back end (0 MCJIT, 1 LLJIT).  Reads
one request a line, runs it, answers one line.  One model stays loaded; a person is set by index and
reset, which is the fastest way that was found.
"""

import json
import sys
import time

import numpy as np
import roadrunner


def main():
    """Answer requests until there are none."""
    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)
    roadrunner.Config.setValue(roadrunner.Config.LLVM_BACKEND, int(sys.argv[3]))
    begun = time.perf_counter()
    runner = roadrunner.RoadRunner(sys.argv[1])
    loaded = time.perf_counter() - begun
    people = np.load(sys.argv[2])
    known = list(runner.model.getGlobalParameterIds())
    columns = [known.index(name) for name in people["names"]]
    states = [str(name) for name in people["states"]]
    table, scales, times = people["table"], people["scales"], people["times"]
    runner.timeCourseSelections = states
    answer({"ready": roadrunner.__version__, "load_s": loaded})
    for line in sys.stdin:
        request = json.loads(line)
        tolerate(runner, request, states, scales)
        first, last = request["first"], request["last"]
        courses, failed = np.full((last - first, len(times), len(states)), np.nan), 0
        wall, cpu = time.perf_counter(), time.process_time()
        for i in range(first, last):
            runner.model.setGlobalParameterValues(columns, table[i])
            runner.reset()
            try:
                courses[i - first] = runner.simulate(0.0, times[-1], len(times))
            except RuntimeError:
                failed += 1
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        if request["save"]:
            np.save(request["save"], courses)
        answer({"wall_s": wall, "cpu_s": cpu, "failed": failed})


def tolerate(runner, request, states, scales):
    """Set tolerances; `floor` is the absolute one over the relative one, null for the states' own scales."""
    rtol, floor = request["rtol"], request["floor"]
    runner.integrator.setValue("relative_tolerance", rtol)
    runner.integrator.setValue("maximum_num_steps", 1_000_000)
    if floor is not None:
        runner.integrator.setValue("absolute_tolerance", rtol * floor)
        return
    for state, scale in zip(states, scales, strict=True):
        runner.integrator.setIndividualTolerance(state, rtol * scale)


def answer(found):
    """One line of JSON."""
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
