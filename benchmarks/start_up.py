"""How long `costmodel estimate` takes as a whole process, against the libraries it cannot do without.

    python benchmarks/start_up.py            prints the ratios of the medians, and fails if one is above 1.4

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
# The scenario's own card, of seven services; and the largest that is shipped, which extends two others.
CARDS = {"the card of 2018": [], "the largest card": ["--rates", "aws/us-east-1/2025-06"]}
LIBRARIES = [sys.executable, "-c", "import click, yaml"]


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def main() -> int:
    for package in (costmodel.__file__, __import__("click").__file__, __import__("yaml").__file__):
        compileall.compile_dir(os.path.dirname(str(package)), quiet=1)
    commands = {words: [*ESTIMATE, *card] for words, card in CARDS.items()}
    for command in (*commands.values(), LIBRARIES):
        seconds(command)  # a first run fills the disk cache
    runs = [[seconds(command) for command in (LIBRARIES, *commands.values())] for _ in range(RUNS)]
    libraries, *estimates = (statistics.median(column) for column in zip(*runs, strict=True))
    print(f"python -c 'import click, yaml'  {libraries * 1000:6.1f} ms (median of {RUNS})")
    for words, estimate in zip(commands, estimates, strict=True):
        ratio = estimate / libraries
        print(f"estimate, {words:20}  {estimate * 1000:6.1f} ms: ratio {ratio:.2f} (at most {MOST})")
    return 0 if max(estimates) / libraries <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
