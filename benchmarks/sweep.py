"""How many points a second a sweep on numpy computes, beside numpy on whole arrays and beside separate estimates.

    python benchmarks/sweep.py [POINTS]        10 million points of each of the three patterns, best of 7

All in one run and in turn, so that a busy machine slows all of them. The ratios, not the times, are what counts.
"""

import os
import sys
import time
from collections.abc import Callable

import costmodel
from costmodel.estimating import Floats, run
from costmodel.models import open_models
from costmodel.whatif.blocks import on_threads
from costmodel.whatif.compiled import Runner, compiled
from costmodel.whatif.native import NUMPY
from costmodel.whatif.points import grid
from costmodel.whatif.sweeps import subject_of, swept

RUNS = 7
VARIED = {
    "sensor": {"traffic.peak_rate": "100..10000", "traffic.record_size": "1..9 KB"},
    "itl": {"traffic.peak_rate": "100..10000", "ingest.buffer_size": "1..128 MB"},
    "analytics": {"traffic.peak_rate": "100..10000", "traffic.record_size": "1..9 KB"},
}
LEAST = {1: 2.5, 2: 4.0}  # times the points a second of numpy on whole arrays, by the number of threads
LEAST_OF_ESTIMATES = 1000


def best(call: Callable[[], object], runs: int = RUNS) -> float:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> int:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    side = int(number**0.5)
    failed = False
    for pattern, varied in VARIED.items():
        (model,) = open_models(pattern, ["large"])
        subject = subject_of(model, ())
        points = grid({path: f"{text}:{side}" for path, text in varied.items()}, subject.inputs)
        program = compiled([*subject.figures.values()], [*varied])
        columns = [
            axis.of.in_base_units(column) for axis, column in zip(points.axes, points.block(0, points.number), strict=True)
        ]

        def whole(program=program, columns=columns) -> None:
            """Each operation on all points at once, into new arrays: what numpy does where nobody minds."""
            values = [*program.constants, *columns, *[None] * program.buffers]
            functions = Runner(program)._steps
            for function, left, right, result in functions:
                values[result] = function(values[left]) if right < 0 else function(values[left], values[right])

        def in_blocks(threads: int, subject=subject, points=points) -> None:
            for _ in swept(subject, points, on_threads(threads), engine=NUMPY):
                pass

        plain = best(whole)
        estimate = best(lambda model=model: run(model, Floats()).total, 200)
        call = best(lambda pattern=pattern: costmodel.estimate(pattern, "large"), 20)
        print(f"{pattern}: {points.number:,} points, {len(program.steps)} steps")
        print(f"  numpy on whole arrays   {points.number / plain / 1e6:8.1f} million points/s")
        for threads, least in LEAST.items():
            if threads > (os.cpu_count() or 1):
                continue
            taken = best(lambda threads=threads: in_blocks(threads))
            ratio = plain / taken
            failed |= ratio < least
            speed = f"{points.number / taken / 1e6:8.1f}"
            print(f"  sweep on {threads} thread{'s' * (threads > 1):7}      {speed}: {ratio:.1f} times (at least {least})")
        times = call * points.number / taken
        failed |= times < LEAST_OF_ESTIMATES
        print(f"  costmodel.estimate      {1 / call:8.0f} points/s: {times:,.0f} times (at least {LEAST_OF_ESTIMATES:,})")
        print(f"  a model that is open    {1 / estimate:8.0f} points/s")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
