"""On Dask: schedulers and workers that are real processes, on loopback, and what they compute is what threads do."""

import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import costmodel
from costmodel.errors import InputError
from costmodel.models import Terms, open_models
from costmodel.uncertainty.reading import from_arguments, uncertain_of
from costmodel.whatif import cluster
from costmodel.whatif.blocks import nothing, on_threads
from costmodel.whatif.points import Axis, Listed, Points, grid
from costmodel.whatif.samples import Samples, Tallying, added
from costmodel.whatif.sweeps import columns, joined, subject_of, sweep_task, swept

dask, distributed = pytest.importorskip("dask"), pytest.importorskip("distributed")

SECONDS = 60  # the longest that anything here may take
ROOT = Path(costmodel.__file__).parent.parent
SCHEDULER = "from distributed.cli.dask_scheduler import main; main()"
WORKER = "from distributed.cli.dask_worker import main; main()"


WITHOUT = "import sys; sys.modules['costmodel'] = None; "


def until(condition, what):
    end = time.monotonic() + SECONDS
    while not (found := condition()):
        assert time.monotonic() < end, what
        time.sleep(0.02)
    return found


class Cluster:
    """A scheduler, and workers of one thread that nobody starts again; each by its name."""

    def __init__(self, folder: Path, before: str = "") -> None:
        self.folder, self.workers = folder, {}
        self.scheduler = self._process("-c", before + SCHEDULER, "--port=0", f"--scheduler-file={folder / 'at'}")
        self.address = until(lambda: (folder / "at").exists() and (folder / "at").read_text(), "no scheduler")
        self.address = json.loads(self.address)["address"]

    def _process(self, *arguments: str) -> subprocess.Popen:
        places = {"PYTHONPATH": str(ROOT), "DASK_TEMPORARY_DIRECTORY": str(self.folder)}
        command = [sys.executable, *arguments, "--host=127.0.0.1", "--no-dashboard"]
        with (self.folder / "log").open("a") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **places}, cwd=self.folder)

    def add(self, name: str, before: str = "") -> None:
        """A worker; `before` is what runs in its process first."""
        settings = (self.address, f"--name={name}", "--no-nanny", "--nthreads=1", "--memory-limit=0")
        self.workers[name] = self._process("-c", before + WORKER, *settings)

    def end(self) -> None:
        for process in (*self.workers.values(), self.scheduler):
            process.kill()
            process.wait(SECONDS)


@pytest.fixture
def made(tmp_path):
    found = Cluster(tmp_path)
    yield found
    found.end()


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    found = Cluster(tmp_path_factory.mktemp("dask"))
    found.add("one")
    found.add("two")
    with distributed.Client(found.address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=SECONDS)
    yield found
    found.end()


def task_of(rows: int, part: int) -> tuple[Any, int]:
    """A sweep in parts of so many points, and the number of them all."""
    (model,) = open_models("analytics", ["large"])
    subject = subject_of(model, ["services"])
    points = grid({"traffic.times": f"0..30:{rows}", "enrich.memory": "128..3008 MB:100"}, subject.inputs)
    task = sweep_task(subject, points)
    task.part = part
    return task, points.number


def simulation_of(number: int, part: int) -> tuple[Any, int]:
    """A simulation in parts of so many samples, and the number of them all."""
    (model,) = open_models("analytics", ["large"])
    ranges = from_arguments("--range", {"traffic.times": "0.5 .. 3", "enrich.memory": "{uniform: {low: 1 GB, high: 3 GB}}"})
    uncertain = uncertain_of(model, ranges, lambda changes: open_models("analytics", ["large"], terms=Terms(changes=changes))[0])
    samples = Samples(subject_of(model), uncertain, number, seed=5)
    samples.part = part
    return Tallying(samples, budget=800.0), samples.number


def same_tallies(parts, others) -> bool:
    """What is left of the samples, each count, end and sum of them."""
    one, other = (added([*tallies]) for tallies in (parts, others))
    arrays = [[array for of in tally.spreads.values() for spread in of.values() for array in spread] for tally in (one, other)]
    return one.over == other.over and all(np.array_equal(a, b) for a, b in zip(*arrays, strict=True))


def same(parts, others) -> bool:
    return all((one == other).all() for one, other in zip(columns(joined(parts)), columns(joined(others)), strict=True))


@pytest.mark.parametrize("seconds", [0, cluster.SECONDS])  # part by part, and in groups
def test_a_sweep_has_the_bits_of_threads(running, monkeypatch, seconds):
    monkeypatch.setattr(cluster, "SECONDS", seconds)
    task, number = task_of(rows=331, part=1000)
    finished = []
    with cluster.on_dask(running.address, None) as backend:
        parts = [*backend(task, number, finished.append)]
    assert [part.start for part in parts] == [*range(0, 33_100, 1000)]
    assert same(parts, on_threads(2)(task, number, nothing))
    assert sum(finished) == number


@pytest.mark.parametrize("of", [lambda: (*task_of(400, 1000), same), lambda: (*simulation_of(40_000, 1000), same_tallies)])
def test_a_killed_worker_s_parts_are_computed_again(made, monkeypatch, of):
    """Half way both workers are stopped, so that each keeps what it holds, and one that holds parts is killed for good."""
    monkeypatch.setattr(cluster, "SECONDS", 0)
    task, number, are_same = of()
    made.add("one")
    made.add("other")
    with distributed.Client(made.address, set_as_default=False) as looking:
        looking.wait_for_workers(2, timeout=SECONDS)
        names = {address: worker["name"] for address, worker in looking.scheduler_info(-1)["workers"].items()}
        with cluster.on_dask(made.address, None) as backend:
            results = backend(task, number, nothing)
            parts = [next(results) for _ in range(20)]
            for process in made.workers.values():
                process.send_signal(signal.SIGSTOP)

            def holding():
                keys = {at: [*looking.has_what()[at], *looking.processing()[at]] for at in names}
                return [at for at, of in keys.items() if any(isinstance(key, tuple) and key[1] >= 20_000 for key in of)]

            lost = until(holding, "no worker has a part that is still to be taken")[0]
            made.workers[names.pop(lost)].kill()
            (stays,) = names
            made.workers[names[stays]].send_signal(signal.SIGCONT)
            parts += results
            assert list(looking.nthreads()) == [stays]
    assert len(parts) == 40
    assert are_same(parts, on_threads(2)(task, number, nothing))


def test_workers_are_not_asked_for_more_than_is_taken(running, monkeypatch):
    monkeypatch.setattr(cluster, "SECONDS", 0)
    task, number = task_of(rows=400, part=1000)
    with distributed.Client(running.address, set_as_default=False) as looking, cluster.on_dask(running.address, None) as backend:
        results = backend(task, number, nothing)
        next(results)
        until(lambda: not any(looking.processing().values()), "parts do not end")
        held = {key for keys in looking.has_what().values() for key in keys if isinstance(key, tuple)}
        assert 0 < len(held) <= cluster.AHEAD * 2
        results.close()
        until(lambda: not any(looking.has_what().values()), "results are kept")


def test_what_is_no_scheduler(run, monkeypatch):
    """It listens, and never answers."""
    monkeypatch.setattr(cluster, "REACH", 1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        result = run("sweep", "-p", "itl", "-s", "large", "--vary", "traffic.times=1,2", "--scheduler", address)
    assert (result.exit_code, f"there is no scheduler at {address}" in result.stderr) == (2, True)


def test_what_travels_has_no_arrays():
    """As many bytes for a row of a hundred values as for one of a hundred thousand, but for the digits of that."""
    (model,) = open_models("itl", ["large"])
    subject = subject_of(model)
    grids = [grid({"traffic.times": "1..9:100", "traffic.peak_rate": f"1..9:{size}"}, subject.inputs) for size in (100, 100_000)]
    short, long = (len(pickle.dumps(sweep_task(subject, points))) for points in grids)
    assert long < short + 100


def test_an_interrupt_ends_all_and_leaves_nothing(tmp_path):
    """As ^C on a terminal does, which reaches the workers too."""
    sweep = ("sweep", "-p", "itl", "-s", "large", "--vary", "traffic.times=1..9:10000000000", "--workers=2", "-o", "sweep.csv")
    process = subprocess.Popen(
        [sys.executable, "-m", "costmodel", *sweep],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # which may be ignored where tests run
    )
    try:
        until(lambda: any(path.stat().st_size for path in tmp_path.iterdir()), "nothing is written")
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=SECONDS)
        assert (process.returncode, said.strip()) == (1, "Aborted!")
        assert not [*tmp_path.iterdir()]
        with pytest.raises(ProcessLookupError):  # no worker is left
            until(lambda: os.killpg(process.pid, 0), "a worker is left")
    finally:
        process.kill()


def test_the_command_writes_the_same_file(run, tmp_path):
    pytest.importorskip("pyarrow")
    vary = ("--vary", "traffic.times=0..3:1200000")
    for name, where in {"threads": (), "workers": ("--workers", 2)}.items():
        result = run("sweep", "-p", "itl", "-s", "large", *vary, *where, "-o", f"{name}.parquet")
        assert (result.exit_code, result.output) == (0, "")
    assert (tmp_path / "workers.parquet").read_bytes() == (tmp_path / "threads.parquet").read_bytes()


def test_a_simulation_of_the_command_says_the_same(run):
    asked = (
        "simulate",
        "-p",
        "itl",
        "-s",
        "large",
        "--range",
        "traffic.times=0.5 .. 3",
        "--samples",
        "1200000",
        "--budget",
        "900",
    )
    assert run(*asked, "--workers", 2).stdout == run(*asked).stdout


def test_the_points_of_a_large_file_travel_too(running):
    """Without a warning of Dask's, which pytest would make an error; they are the one thing that has to be sent."""
    (model,) = open_models("itl", ["large"])
    subject = subject_of(model)
    points = Points((Axis(subject.inputs["traffic.times"], Listed(tuple(n / 7 for n in range(2000)))),), zipped=True)
    large = {"distributed.admin.large-graph-warning-threshold": "16 kB"}  # they are of 9 bytes each
    with dask.config.set(large), cluster.on_dask(running.address, None) as backend:
        assert same(swept(subject, points, backend), swept(subject, points, on_threads(2)))


def test_from_python(running):
    vary = {"traffic.times": "1..9:1000", "ingest.buffer_size": [1, 5]}
    frame = costmodel.sweep("itl", "large", vary, scheduler=running.address)
    assert frame.equals(costmodel.sweep("itl", "large", vary))


class Wrong(NamedTuple):
    part: int = 1

    def run(self, start: int, count: int) -> float:
        return count / (start - 7)


class Deadly(NamedTuple):
    """What is killed for its memory, again and again."""

    part: int = 1

    def run(self, start: int, count: int) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


def test_what_a_task_raises_is_raised_and_what_kills_workers_is_said(capfd):
    with dask.config.set({"distributed.scheduler.allowed-failures": 1}), cluster.on_dask(None, 1) as backend:
        with pytest.raises(ZeroDivisionError):
            [*backend(Wrong(), 10, nothing)]
        with pytest.raises(
            InputError, match="2 workers of this machine ended, one after the other, while they computed the same"
        ):
            [*backend(Deadly(), 10, nothing)]
        assert [*backend(Wrong(), 2, nothing)] == [-1 / 7, -1 / 6]  # the worker is there again
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--scheduler", "tcp://127.0.0.1:1"), "there is no scheduler at tcp://127.0.0.1:1 (Timed out"),
        (("--scheduler", "127.0.0.1"), "there is no scheduler at 127.0.0.1 (missing port number"),
        (("--scheduler", "tcp://127.0.0.1:1", "--workers", 2), "not both"),
    ],
)
def test_mistakes(run, tmp_path, monkeypatch, arguments, message):
    monkeypatch.setattr(cluster, "REACH", 1)
    result = run("sweep", "-p", "itl", "-s", "large", "--vary", "traffic.times=1,2", *arguments, "-o", "sweep.csv")
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert not [*tmp_path.iterdir()]


def test_without_dask(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    result = run("sweep", "-p", "itl", "-s", "large", "--vary", "traffic.times=1,2", "--workers", 2)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "pip install 'costmodel[dask]'" in result.stderr


def test_workers_that_would_compute_something_else(made, run, monkeypatch):
    sweep = ("sweep", "-p", "itl", "-s", "large", "--vary", "traffic.times=1,2", "--scheduler", made.address)
    monkeypatch.setattr(cluster, "REACH", 1)
    assert f"has no workers; start some with: dask worker {made.address}" in run(*sweep).stderr
    monkeypatch.undo()
    made.add("numpy", before="import numpy; numpy.__version__ = '1.0'; ")
    result = run(*sweep)
    assert (result.exit_code, result.stderr.count("\n")) == (0, 1)
    assert "warning: workers have numpy 1.0, not" in result.stderr
    made.add("old", before="import costmodel; costmodel.__version__ = '0.0.1'; ")
    made.add("none", before=WITHOUT)
    with distributed.Client(made.address, set_as_default=False) as client:
        client.wait_for_workers(3, timeout=SECONDS)
    result = run(*sweep)
    assert result.exit_code == 2
    assert f"has 0.0.1 of costmodel, not {costmodel.__version__}" in result.stderr
    assert f"has no version that runs there of costmodel, not {costmodel.__version__}" in result.stderr


def test_a_scheduler_without_costmodel(tmp_path):
    found = Cluster(tmp_path, WITHOUT)
    try:
        found.add("one")
        with pytest.raises(InputError, match=r"the scheduler at .* has no version"), cluster.on_dask(found.address, None):
            pass
    finally:
        found.end()


@pytest.mark.parametrize(("what", "message"), [("worker", "no worker is left at"), ("scheduler", "has gone before all was")])
def test_what_ends_half_way_is_said(made, monkeypatch, what, message):
    monkeypatch.setattr(cluster, "SECONDS", 0)
    monkeypatch.setattr(cluster, "PATIENCE", 2)
    task, number = task_of(rows=400, part=1000)
    made.add("worker")
    with cluster.on_dask(made.address, None) as backend:
        results = backend(task, number, nothing)
        next(results)
        {"scheduler": made.scheduler, **made.workers}[what].kill()
        with pytest.raises(InputError, match=message):
            list(results)
