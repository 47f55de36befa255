"""A program compiled by Numba: the bits that numpy gives."""

import pickle
import random
import sys

import numpy as np
import pytest
from test_sweep_command import POINTS

from costmodel.models import open_models
from costmodel.whatif.blocks import on_threads
from costmodel.whatif.compiled import Program, Runner, Step
from costmodel.whatif.native import NUMBA, NUMPY, Native, runner
from costmodel.whatif.points import Axis, Listed, Points, grid
from costmodel.whatif.sweeps import joined, subject_of, swept

pytest.importorskip("numba")

TAKES_TWO = ("add", "subtract", "multiply", "divide", "larger", "smaller")
EXTREME = [0.0, -0.0, 1.0, -1.0, 1 / 3, 3.0, 1e300, -1e300, 1e-300, 5e-324, 2.0**53, float("inf"), float("-inf"), float("nan")]


def same(one, other):
    """The same bits; what is not a number may be so with either sign."""
    one, other = (np.broadcast_to(values, np.broadcast_shapes(np.shape(one), np.shape(other))) for values in (one, other))
    return bool(((one.view("i8") == other.view("i8")) | (np.isnan(one) & np.isnan(other))).all())


@pytest.mark.parametrize("pattern", POINTS)
def test_every_figure_has_the_bits_of_numpy(pattern):
    """On a grid in rows, and on points one by one; with all services and lines."""
    ranges = {path: (low + (high - low) / 9, high) for path, (low, high, _) in POINTS[pattern].items()}
    units = [unit for *_, unit in POINTS[pattern].values()]
    (model,) = open_models(pattern, ["large"])
    subject = subject_of(model, ["services", "lines"])
    rows = grid(
        {
            path: f"{low}..{high}{unit}:{n}"
            for (path, (low, high)), unit, n in zip(ranges.items(), units, (2, 7, 100), strict=True)
        },
        subject.inputs,
    )
    chance = random.Random(pattern)
    axes = [Axis(subject.inputs[path], Listed(tuple(chance.uniform(*of) for _ in range(1001)))) for path, of in ranges.items()]
    for points in (rows, Points(tuple(axes), zipped=True)):
        numpy, numba = (joined(swept(subject, points, on_threads(2), engine=engine)) for engine in (NUMPY, NUMBA))
        assert all(same(numpy.inputs[path], numba.inputs[path]) for path in numpy.inputs)
        assert all(same(numpy.figures[name], numba.figures[name]) for name in numpy.figures)


@pytest.mark.parametrize("seed", range(3))
def test_every_operation_on_whatever_numbers(seed):
    """Steps in any order, of which each is an output; divisions by zero and what overflows as in numpy."""
    chance = random.Random(seed)
    constants, inputs = tuple(chance.sample(EXTREME, 5)), ("a", "b", "c")
    steps = []
    for result in range(len(constants) + len(inputs), len(constants) + len(inputs) + 40):
        operation = chance.choice([*TAKES_TWO, "ceil"])
        steps.append(Step(operation, chance.randrange(result), -1 if operation == "ceil" else chance.randrange(result), result))
    program = Program(constants, inputs, len(steps), tuple(steps), (*range(len(constants) + len(inputs) + len(steps)),))
    columns = [np.array([*chance.choices(EXTREME, k=500), *(chance.uniform(-9, 9) for _ in range(501))]) for _ in inputs]
    with np.errstate(all="ignore"):
        expected = Runner(program).run(columns, (1001,))
    assert {step.operation for step in steps} == {*TAKES_TWO, "ceil"}
    assert all(same(one, other) for one, other in zip(expected, Native(program).run(columns, (1001,)), strict=True))


def test_nothing_is_reassociated_or_contracted():
    """1e16 + 1 is 1e16 and (1 + 2**-30)**2 is 1 + 2**-29, as floats; a compiler that may know better finds 1 and 2**-60 more."""
    steps = (Step("add", 0, 1, 4), Step("subtract", 4, 0, 5), Step("multiply", 2, 2, 6), Step("subtract", 6, 3, 7))
    program = Program((), ("large", "one", "near one", "its square"), 4, steps, (5, 7))
    columns = [np.full(100, value) for value in (1e16, 1.0, 1 + 2**-30, 1 + 2**-29)]
    assert [set(found) for found in Native(program).run(columns, (100,))] == [{0.0}, {0.0}]


ADDITION = Program((2.0,), ("a", "b", "never used"), 1, (Step("add", 1, 2, 4), Step("multiply", 4, 0, 4)), (4, 1, 0))


def test_blocks_of_any_shape():
    """A value for each row or each place in it, or one for all; an output may be an input or a constant."""
    native, alone, column = pickle.loads(pickle.dumps(Native(ADDITION))), np.float64(5), np.arange(3.0)
    found = native.run([np.array([[10.0], [20.0]]), column, None], (2, 3))
    assert found[0].tolist() == [[20, 22, 24], [40, 42, 44]]
    assert (found[1].tolist(), found[2].tolist()) == ([[10] * 3, [20] * 3], [[2] * 3] * 2)
    assert native.run([column, alone, None], (3,))[0].tolist() == [10, 12, 14]
    assert native.run([column[:2], column[1:], None], (2,))[0].tolist() == [2, 6]
    assert Native(Program((2.0,), ("a",), 0, (), (0,))).run([column], (3,))[0].tolist() == [2, 2, 2]


def test_numba_is_used_where_it_pays_and_is_there(run, monkeypatch):
    assert [type(runner(ADDITION, points)) for points in (10_000_000, 10_000_000_000)] == [Runner, Native]
    assert isinstance(runner(ADDITION, 10_000_000_000, NUMPY), Runner)
    asked = ("sweep", "-p", "itl", "-s", "large", "--vary", "traffic.times=1,2", "--engine")
    assert run(*asked, "numba").stdout == run(*asked, "numpy").stdout
    monkeypatch.setitem(sys.modules, "numba", None)
    assert isinstance(runner(ADDITION, 10_000_000_000), Runner)
    result = run(*asked, "numba")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "pip install 'costmodel[fast]'" in result.stderr
