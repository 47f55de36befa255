"""How fast the machine code of `costmodel[fast]` is, beside the same arithmetic written in C.

    python benchmarks/native.py [POINTS]       10 million points of each of the three patterns, best of 7

Both compute the total from the same columns of inputs in memory into a column, on two threads, in one run and in turn, so that a
busy machine slows both. The C is the program's steps in a loop; as gcc leaves a loop with ceil() one point at a time unless told
that nobody looks at the floating-point exceptions, that is measured as well. Then what a whole sweep does on either engine, from
making the inputs to columns of results, with nothing yet compiled and after. The ratios, not the times, are what counts.
"""

import ctypes
import math
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
from sweep import RUNS, VARIED, best

from costmodel.models import open_models
from costmodel.whatif.blocks import nothing, on_threads
from costmodel.whatif.compiled import BLOCK, Program, compiled
from costmodel.whatif.native import NUMBA, NUMPY, Native
from costmodel.whatif.points import Points, grid
from costmodel.whatif.sweeps import Subject, subject_of, sweep_task

THREADS = 2
MOST = 2.0  # times the time of C
FLAGS = ("-O3", "-march=native", "-ffp-contract=off")
OF_C = {"C": FLAGS, "C, vectorised": (*FLAGS, "-fno-trapping-math")}
IN_C = {
    "add": "{0} + {1}",
    "subtract": "{0} - {1}",
    "multiply": "{0} * {1}",
    "divide": "{0} / {1}",
    "larger": "{0} > {1} ? {0} : {1}",
    "smaller": "{0} < {1} ? {0} : {1}",
    "ceil": "ceil({0})",
}


def source(program: Program) -> str:
    """One loop over all points: a value is named by its number."""
    first = len(program.constants)
    columns = "".join(f"const double *restrict of_{first + n}, " for n in range(len(program.inputs)))
    after = first + len(program.inputs)
    return "\n".join(
        [
            "#include <math.h>",
            f"void total(long points, {columns}double *restrict result) {{",
            *(f"  const double v{n} = {constant!r};" for n, constant in enumerate(program.constants)),
            "  for (long point = 0; point < points; point++) {",
            *(f"    double v{first + n} = of_{first + n}[point];" for n in range(len(program.inputs))),
            *(f"    double v{after + n};" for n in range(program.buffers)),
            *(f"    v{s.result} = {IN_C[s.operation].format(f'v{s.left}', f'v{s.right}')};" for s in program.steps),
            f"    result[point] = v{program.outputs[0]};",
            "  }",
            "}",
        ]
    )


def in_c(program: Program, flags: Sequence[str], folder: str) -> Callable[..., None]:
    """The compiled function: points, the address of each column, that of the result. It runs without the interpreter's lock."""
    Path(folder, "total.c").write_text(source(program))
    made = Path(folder, f"total{len(flags)}.so")
    subprocess.run(["cc", *flags, "-shared", "-fPIC", "total.c", "-o", made.name, "-lm"], cwd=folder, check=True)
    function = ctypes.CDLL(str(made)).total
    function.argtypes = [ctypes.c_long, *[ctypes.c_void_p] * (len(program.inputs) + 1)]
    function.restype = None
    return lambda columns, result: function(len(result), *(column.ctypes.data for column in columns), result.ctypes.data)


def in_blocks(runner: Native) -> Callable[..., None]:
    def compute(columns: Sequence[np.ndarray], result: np.ndarray) -> None:
        for start in range(0, len(result), BLOCK):
            block = slice(start, start + BLOCK)
            runner.write([column[block] for column in columns], [result[block]])

    return compute


def shared(compute: Callable[..., None], columns: Sequence[np.ndarray], result: np.ndarray, pool: ThreadPoolExecutor) -> None:
    """A part of the points for each thread."""
    ends = [len(result) * n // THREADS for n in range(THREADS + 1)]
    parts = [slice(start, end) for start, end in pairwise(ends)]
    list(pool.map(lambda part: compute([column[part] for column in columns], result[part]), parts))


def main() -> int:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    failed = False
    for pattern, varied in VARIED.items():
        (model,) = open_models(pattern, ["large"])
        subject = subject_of(model, ())
        points = grid({path: f"{text}:{int(number**0.5)}" for path, text in varied.items()}, subject.inputs)
        program = compiled([*subject.figures.values()], [*varied])
        print(f"{pattern}: {points.number:,} points, {len(program.steps)} steps, {THREADS} threads")
        failed |= against_c(program, points)
        for engine in (NUMPY, NUMBA):
            first, after = whole_sweep(subject, points, engine)
            print(
                f"  sweep on {engine}          {points.number / after / 1e6:8.1f} million points/s; the first takes {first:.2f} s"
            )
    return int(failed)


def against_c(program: Program, points: Points) -> bool:
    """Prints the speeds; whether the machine code takes too long."""
    columns = [axis.of.in_base_units(column) for axis, column in zip(points.axes, points.block(0, points.number), strict=True)]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(THREADS) as pool:
        ways = {
            "costmodel[fast]": in_blocks(Native(program)),
            **{name: in_c(program, flags, folder) for name, flags in OF_C.items()},
        }
        results = {name: np.empty(points.number) for name in ways}
        taken = dict.fromkeys(ways, math.inf)
        for _ in range(RUNS + 1):  # the first compiles
            for name, compute in ways.items():
                taken[name] = min(taken[name], best(lambda of=compute, to=results[name]: shared(of, columns, to, pool), 1))
    ours = taken["costmodel[fast]"]
    for name, time in taken.items():
        ratio = "" if time == ours else f": we take {ours / time:.2f} of its time (at most {MOST})"
        print(f"  {name:22} {points.number / time / 1e6:8.1f} million points/s{ratio}")
    assert all((result == results["C"]).all() for result in results.values()), "the totals differ"
    return any(ours > MOST * time for time in taken.values())


def whole_sweep(subject: Subject, points: Points, engine: str) -> tuple[float, float]:
    """Seconds of a sweep that begins with nothing compiled, and of its points alone."""
    task = sweep_task(subject, points, engine)
    first, *rest = (best(lambda: deque(on_threads(THREADS)(task, points.number, nothing), maxlen=0), 1) for _ in range(RUNS + 1))
    return first, min(rest)


if __name__ == "__main__":
    sys.exit(main())
