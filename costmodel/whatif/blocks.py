"""Runs a task over numbered points, part by part: here on threads; on other machines by an adapter of the same form."""

import os
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Protocol

AHEAD = 1  # parts beyond those that are being computed, so that no thread waits for who takes them


class Task(Protocol):
    """Something to compute of points that are numbered from 0 on. It can be pickled, and run from several threads at once."""

    part: int  # points at a time

    def run(self, start: int, count: int) -> Any:
        """The result of so many points from `start` on: the same wherever and in whatever order parts are computed."""


Done = Callable[[int], None]  # called with a number of points that are finished
# Runs a task over so many points, and gives the parts' results in their order.
Backend = Callable[[Task, int, Done], Iterator[Any]]


def nothing(points: int) -> None:
    """No progress is shown."""


def parts_of(task: Task, number: int) -> Iterator[tuple[int, int]]:
    """(start, count) of each part."""
    return ((start, min(task.part, number - start)) for start in range(0, number, task.part))


def on_threads(workers: int | None = None) -> Backend:
    """Threads of this process, as many as there are processors where `workers` is left out."""

    def backend(task: Task, number: int, done: Done = nothing) -> Iterator[Any]:
        from concurrent.futures import ThreadPoolExecutor

        threads = workers or os.cpu_count() or 1
        parts = parts_of(task, number)
        with ThreadPoolExecutor(threads) as pool:
            running = deque((pool.submit(task.run, *part), part[1]) for part in islice(parts, threads + AHEAD))
            try:
                while running:
                    future, count = running.popleft()
                    result = future.result()
                    running += ((pool.submit(task.run, *part), part[1]) for part in islice(parts, 1))
                    done(count)
                    yield result
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    return backend
