"""Runs a task on Dask: the same parts as on threads, by processes of this machine or workers anywhere.

The task travels once to each worker, as a result that the others need, so that Dask makes it again where it is lost.
What is sent after it are numbers of points; what comes back is given on in the order of the parts.
"""

import gc
import pickle
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import islice
from typing import Any
from uuid import uuid4

from costmodel.errors import InputError
from costmodel.whatif.blocks import Backend, Done, Task, nothing, on_threads, parts_of

Warn = Callable[[str], object]

AHEAD = 3  # groups of parts for each thread that are asked for before the first of them is taken
SECONDS, BYTES = 0.2, 32e6  # what a group of parts takes to compute, and to send; a part that is more is sent by itself
KEPT = {"MALLOC_MMAP_THRESHOLD_": 2**25, "MALLOC_TRIM_THRESHOLD_": 2**28}  # bytes that glibc keeps for the next arrays
SHARE = 0.75  # of the machine's memory for the workers that are started on it
REACH, PATIENCE = 10, 60  # seconds: until a scheduler or a worker must be there, until those that have gone are missed
LEAVE_INTERRUPTS = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"  # to the process that ends the workers
LOGGERS = ("distributed", "distributed.client", "distributed.gc", "asyncio")


@contextmanager
def backend_of(scheduler: str | None, workers: int | None, warn: Warn = warnings.warn) -> Iterator[Backend]:
    """Dask's backend where a scheduler's address or a number of worker processes is given, else threads of this process.

    `warn` is called with what makes the last bits uncertain. Raises InputError.
    """
    if workers is not None and workers < 1:
        raise InputError(f"{workers} workers compute nothing; take 1 or more")
    if scheduler and workers:
        raise InputError("give the address of a scheduler, or a number of workers for this machine, not both")
    if scheduler or workers:
        with on_dask(scheduler, workers, warn) as backend:
            yield backend
    else:
        yield on_threads()


@contextmanager
def on_dask(scheduler: str | None, workers: int | None, warn: Warn = warnings.warn) -> Iterator[Backend]:
    """The workers of the scheduler at this address, or so many processes of this machine, which end with the block."""
    try:
        from distributed import Client
        from distributed.versions import VersionMismatchWarning
    except ImportError:
        raise InputError("a cluster needs Dask: pip install 'costmodel[dask]'") from None

    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore", VersionMismatchWarning)  # what of it counts here is said by _compare
        warnings.filterwarnings("ignore", "Sending large graph")  # the points of a file, which travel once
        _silence(stack)
        at: Any = scheduler or stack.enter_context(_processes(workers or 1))
        where = scheduler or "this machine"
        connect = partial(Client, at, timeout=REACH, set_as_default=False, direct_to_workers=bool(workers))
        client = stack.enter_context(_connected(connect, where))
        _compare(client, where, warn)
        yield partial(_results, client, where)


def _connected(connect: Callable[[], Any], where: str) -> Any:
    """A client of the scheduler. What listens there and is none may say nothing, or anything: in a thread, to be left behind."""
    from threading import Thread

    made: list[Any] = []

    def try_it() -> None:
        try:
            made.append(connect())
        except (OSError, ValueError, MemoryError, TypeError) as error:  # a length that is none asks for any memory
            made.append(error)

    thread = Thread(target=try_it, daemon=True)
    thread.start()
    thread.join(2 * REACH)
    (found,) = made or [TimeoutError(f"what listens there has not answered as one in {2 * REACH} s")]
    if isinstance(found, Exception):
        raise InputError(f"there is no scheduler at {where} ({_first_line(found)}); start one with: dask scheduler")
    return found


def _silence(stack: ExitStack) -> None:
    """What would be said on stderr of workers that come and go; what matters of it is an error of ours."""
    from logging import CRITICAL, getLogger

    for logger in map(getLogger, LOGGERS):
        stack.callback(logger.setLevel, logger.level)
        logger.setLevel(CRITICAL)
    stack.callback(gc.collect)  # asyncio says what went wrong unseen when it is collected


def _processes(workers: int) -> Any:
    """A cluster of this machine alone, reached by no other; a process that dies is started again."""
    from logging import CRITICAL

    import dask
    from distributed import LocalCluster

    try:
        with dask.config.set({f"distributed.nanny.pre-spawn-environ.{name}": size for name, size in KEPT.items()}):
            return LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
                scheduler_kwargs={"dashboard": False},
                silence_logs=CRITICAL,
                memory_limit=SHARE / workers,
                preload=LEAVE_INTERRUPTS,
            )
    except RuntimeError as error:
        raise InputError(
            f"the {workers} workers could not be started ({_first_line(error)}); "
            'a script starts them under: if __name__ == "__main__":'
        ) from None


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__


def _versions() -> tuple[str, str]:
    """Of costmodel and numpy, where this is called."""
    import numpy as np

    import costmodel

    return costmodel.__version__, np.__version__


def _compare(client: Any, where: str, warn: Warn) -> None:
    """Warns of workers with another numpy. Raises InputError where there is no worker, or another costmodel than here."""
    try:
        client.wait_for_workers(1, timeout=REACH)
    except TimeoutError:
        raise InputError(f"the scheduler at {where} has no workers; start some with: dask worker {where}") from None
    own = _versions()
    workers = client.run(_versions, on_error="return")
    found = {f"the scheduler at {where}": _of_scheduler(client), **{f"the worker at {at}": of for at, of in workers.items()}}
    theirs = {who: of[0] if isinstance(of, tuple) else "no version that runs there" for who, of in found.items()}
    wrong = [f"{who} has {of} of costmodel, not {own[0]}" for who, of in theirs.items() if of != own[0]]
    if wrong:
        raise InputError(*wrong)
    others = sorted({of[1] for of in workers.values()} - {own[1]})
    if others:
        warn(f"workers have numpy {', '.join(others)}, not {own[1]} as here: the last bits may differ from those of threads")


def _of_scheduler(client: Any) -> Any:
    """As it is with workers: its versions, or the exception. The scheduler reads the names of functions too."""
    try:
        return client.run_on_scheduler(_versions)
    except Exception as error:
        return error


def _results(client: Any, where: str, task: Task, number: int, done: Done = nothing) -> Iterator[Any]:
    """As a Backend. Only a few groups of parts for each thread are under way at any time: that bounds what workers hold."""
    name = f"costmodel-{uuid4().hex}"
    parts, running = parts_of(task, number), deque[tuple[Any, int]]()
    together, size = 1, 0
    with _explained(where), ExitStack() as asked:
        held = client.submit(pickle.loads, pickle.dumps(task), key=name)
        asked.callback(held.release)
        asked.callback(lambda: [future.release() for future, _ in running])  # nobody waits for them, where this ends early
        while True:
            most = AHEAD * max(1, _threads(client))  # without a worker, one is waited for
            while len(running) < most and (group := tuple(islice(parts, together))):
                future = client.submit(_computed, held, group, key=(name, *group[0]))
                running.append((future, sum(count for _, count in group)))
            if not running:
                return
            future, count = running[0]
            seconds, results = _result(client, future, where)
            running.popleft()
            future.release()  # so that the worker forgets it
            size = size or len(pickle.dumps(results[0]))
            together = max(1, int(min(SECONDS / seconds * len(results), BYTES / size)))
            done(count)
            yield from results


def _computed(task: Task, group: tuple[tuple[int, int], ...]) -> tuple[float, list[Any]]:
    """On a worker: the seconds it took, and the parts' results."""
    start = time.perf_counter()
    results = [task.run(*part) for part in group]
    return time.perf_counter() - start or 1e-9, results


def _threads(client: Any) -> int:
    """All workers'."""
    try:
        return sum(client.nthreads().values())
    except OSError:
        raise CancelledError from None  # as what was asked for will be


def _result(client: Any, future: Any, where: str) -> Any:
    """Waits as long as there are workers."""
    while True:
        try:
            return future.result(timeout=PATIENCE)
        except TimeoutError:
            if future.status == "error":  # the task's own
                raise
            if not _threads(client):
                raise InputError(f"no worker is left at {where}") from None


@contextmanager
def _explained(where: str) -> Iterator[None]:
    """What goes wrong with the cluster as InputError; what a task raises stays what it is."""
    from distributed import KilledWorker
    from distributed.comm import CommClosedError

    try:
        yield
    except KilledWorker as error:
        raise InputError(
            f"{error.allowed_failures + 1} workers of {where} ended, one after the other, while they computed the same points; "
            "a worker that needs more memory than it may have is ended"
        ) from None
    except (CancelledError, CommClosedError):
        raise InputError(f"the scheduler of {where} has gone before all was computed") from None
