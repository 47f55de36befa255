"""How long `costmodel estimate` takes as a whole process, against the libraries it cannot do without.

    python benchmarks/start_up.py            prints the ratio of the medians, and fails above 1.4

Runs alternate, so that a busy machine slows both; byte code is written first. The ratio, not the time, is what counts.
"""

import compileall
import os
import statistics
import subprocess
import sys
import time

import costmodel

RUNS = 25
MOST = 1.4
ESTIMATE = [os.path.join(os.path.dirname(sys.executable), "costmodel"), "estimate", "--pattern", "itl", "--scenario", "large"]
LIBRARIES = [sys.executable, "-c", "import click, yaml"]


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def main() -> int:
    for package in (costmodel.__file__, __import__("click").__file__, __import__("yaml").__file__):
        compileall.compile_dir(os.path.dirname(str(package)), quiet=1)
    for command in (ESTIMATE, LIBRARIES):
        seconds(command)  # a first run fills the disk cache
    runs = [(seconds(ESTIMATE), seconds(LIBRARIES)) for _ in range(RUNS)]
    estimate, libraries = (statistics.median(column) for column in zip(*runs, strict=True))
    print(f"costmodel estimate --pattern itl --scenario large   {estimate * 1000:6.1f} ms (median of {RUNS})")
    print(f"python -c 'import click, yaml'                      {libraries * 1000:6.1f} ms")
    print(f"ratio                                               {estimate / libraries:6.2f} (at most {MOST})")
    return 0 if estimate / libraries <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
