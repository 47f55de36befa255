"""How much longer a task takes on Dask's workers than on as many threads of one machine.

    python benchmarks/cluster.py [POINTS]        100 million points, two threads and two worker processes, in turn, best of 7

The task is what a simulation does: each part's total is reduced to a sum, the least and the most where it is computed. Beside it,
a sweep whose columns all come back. All have the same settings of glibc's allocator, those of the workers that costmodel starts.
"""

import os
import sys
import time
from collections.abc import Iterator
from typing import NamedTuple

from costmodel.models import open_models
from costmodel.whatif.blocks import Backend, Task, nothing, on_threads
from costmodel.whatif.cluster import KEPT, on_dask
from costmodel.whatif.points import grid
from costmodel.whatif.sweeps import TOTAL, Swept, subject_of, sweep_task

RUNS, WORKERS = 7, 2
MOST = 0.30  # longer than on threads, of the reduction


class Extremes(NamedTuple):
    """Of a sweep's parts, what their totals come to."""

    of: Task
    part: int

    def run(self, start: int, count: int) -> tuple[float, float, float]:
        total = self.of.run(start, count).figures[TOTAL]
        return float(total.sum()), float(total.min()), float(total.max())


def taken(task: Task, number: int, backend: Backend) -> tuple[float, list[object]]:
    """Seconds, and what is kept of the parts: all of a reduction, of columns only how long they are."""
    start = time.perf_counter()
    kept = [len(part.figures[TOTAL]) if isinstance(part, Swept) else part for part in backend(task, number, nothing)]
    return time.perf_counter() - start, kept


def compared(tasks: dict[str, Task], number: int, backend: Backend) -> Iterator[tuple[str, float, float]]:
    """Of each task the seconds on threads and on the backend."""
    for name, task in tasks.items():
        best = [float("inf"), float("inf")]
        for _ in range(RUNS):
            (threads, kept), (dask, same) = taken(task, number, on_threads(WORKERS)), taken(task, number, backend)
            assert kept == same
            best = [min(best[0], threads), min(best[1], dask)]
        yield name, *best


def main() -> int:
    if any(name not in os.environ for name in KEPT):  # which a process reads when it starts
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **{name: str(size) for name, size in KEPT.items()}})
    side = int((float(sys.argv[1]) if len(sys.argv) > 1 else 100e6) ** 0.5)
    (model,) = open_models("itl", ["large"])
    subject = subject_of(model, ())
    varied = {"traffic.peak_rate": f"100..10000:{side}", "ingest.buffer_size": f"1..128 MB:{side}"}
    sweep = sweep_task(subject, grid(varied, subject.inputs))
    failed = False
    start = time.perf_counter()
    with on_dask(None, WORKERS) as backend:
        print(f"{side * side:,} points; {WORKERS} workers start in {time.perf_counter() - start:.1f} s")
        print("                  threads      Dask  longer by")
        tasks = {"reduction": Extremes(sweep, sweep.part), "all columns": sweep}
        for name, threads, dask in compared(tasks, side * side, backend):
            longer = dask / threads - 1
            failed |= name == "reduction" and longer > MOST
            bound = f" (at most {MOST:.0%})" if name == "reduction" else ""
            print(f"{name:15} {threads:7.2f} s {dask:7.2f} s {longer:10.0%}{bound}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
