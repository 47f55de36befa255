"""How much longer an estimate takes that remembers how each figure came about.

    python benchmarks/traced.py                each of the three patterns, best of 300

Of a model that is open, all files read: the run on quantities, which gives usage, loads, charges and total with all that these
were made of, against the same run on floats. `costmodel.estimate` does more than that run: the whole bill is shown too. In turn,
so that a busy machine slows all of them. The ratios, not the times, are what counts.
"""

import math
import sys

from sweep import VARIED, best

from costmodel.estimating import Floats, Traced, bill_of_model, run
from costmodel.models import open_models

RUNS = 300
MOST = 5.0  # times the time of the run on floats


def main() -> int:
    failed = False
    for pattern in VARIED:
        (model,) = open_models(pattern, ["large"])
        ways = {
            "floats": lambda model=model: run(model, Floats()),
            "traced": lambda model=model: run(model, Traced()),
            "bill": lambda model=model: bill_of_model(model),
        }
        taken = dict.fromkeys(ways, math.inf)
        for _ in range(RUNS):
            taken = {name: min(taken[name], best(call, 1)) for name, call in ways.items()}
        ratio = taken["traced"] / taken["floats"]
        failed |= ratio > MOST
        times = ", ".join(f"{name} {time * 1e3:.2f} ms" for name, time in taken.items())
        print(f"{pattern}: {times}; traced takes {ratio:.2f} times as long as floats (at most {MOST:g})")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
