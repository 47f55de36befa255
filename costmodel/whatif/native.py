"""A program compiled by Numba, where the extra `costmodel[fast]` is installed: one loop over a block's points, the same bits.

Each step is its operation on float64, in the program's order; nothing may be reassociated or contracted (no fast-math). What
numpy does in a pass over the block for each step, the loop does in registers, on several points at once.
"""

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from threading import Lock, local
from typing import Any

from costmodel.errors import InputError
from costmodel.whatif.compiled import Program, Runner

AUTO, NUMPY, NUMBA = "auto", "numpy", "numba"  # engines
# Points times steps from which a program is worth a second of compiling it; numpy is through fewer by then, on two cores.
WORTH = 5e9
_WRITTEN = {
    "add": "{0} + {1}",
    "subtract": "{0} - {1}",
    "multiply": "{0} * {1}",
    "divide": "{0} / {1}",
    "larger": "{0} if {0} > {1} or {0} != {0} else {1}",  # what is not a number stays so, as in numpy.maximum
    "smaller": "{0} if {0} < {1} or {0} != {0} else {1}",
    "ceil": "ceil({0})",
}


def runner(program: Program, points: int, engine: str = AUTO) -> "Runner | Native":
    """What runs a program on so many points in all, block by block; with AUTO whatever is done with them sooner.

    Raises InputError for NUMBA where it is not installed.
    """
    if engine == NUMBA and not _installed():
        raise InputError("--engine numba needs numba, which is not installed: pip install 'costmodel[fast]'")
    compile_it = engine == NUMBA or (engine == AUTO and points * len(program.steps) >= WORTH and _installed())
    return Native(program) if compile_it else Runner(program)


def _here(program: Program) -> "Runner | Native":
    """On another machine, which may not have numba."""
    return Native(program) if _installed() else Runner(program)


def _installed() -> bool:
    return find_spec("numba") is not None


class Native:
    """Runs a program as Runner does. It is compiled at the first block; each thread has buffers of its own."""

    def __init__(self, program: Program) -> None:
        first = len(program.constants)
        used = {value for step in program.steps for value in (step.left, step.right)} | {*program.outputs}
        self.program = program
        self._used = [n for n in range(len(program.inputs)) if first + n in used]
        self._functions: dict[tuple[bool, ...], Callable[..., None]] = {}  # by which inputs have a value for each row
        self._lock = Lock()
        self._own = local()

    def __reduce__(self) -> tuple[Callable[[Program], "Runner | Native"], tuple[Program]]:
        return (_here, (self.program,))

    def run(self, inputs: Sequence[Any], shape: tuple[int, ...]) -> list[Any]:
        """As Runner.run(); every output is an array."""
        import numpy as np

        if getattr(self._own, "shape", None) != shape:
            self._own.shape, self._own.outputs = shape, [np.empty(shape) for _ in self.program.outputs]
        outputs: list[Any] = self._own.outputs
        self.write(inputs, outputs)
        return outputs

    def write(self, inputs: Sequence[Any], outputs: Sequence[Any]) -> None:
        """As Runner.write(). An input has a value for each row, (rows, 1), or for each place in a row."""
        import numpy as np

        shape = outputs[0].shape
        rows, columns = (1, *shape)[-2:]
        by_row = tuple(len(shape) > 1 and np.shape(inputs[n]) == (rows, 1) for n in self._used)
        taken = [_column(inputs[n], rows if is_by_row else columns) for n, is_by_row in zip(self._used, by_row, strict=True)]
        self._function(by_row)(*taken, *(output.reshape(rows, columns) for output in outputs))

    def _function(self, by_row: tuple[bool, ...]) -> Callable[..., None]:
        with self._lock:
            if by_row not in self._functions:
                self._functions[by_row] = _native(self._source(by_row), self.program)
            return self._functions[by_row]

    def _source(self, by_row: tuple[bool, ...]) -> str:
        """The function in Python; a value is named by its number, and constants are globals."""
        program = self.program
        values = [len(program.constants) + n for n in self._used]
        of_row, of_column = ([v for v, is_by_row in zip(values, by_row, strict=True) if is_by_row == of] for of in (True, False))
        outputs = [f"output_{n}" for n in range(len(program.outputs))]
        lines = [
            f"def function({', '.join([*(f'input_{value}' for value in values), *outputs])}):",
            "  rows, columns = output_0.shape",
            "  for row in range(rows):",
            *(f"    v{value} = input_{value}[row]" for value in of_row),
            "    for column in range(columns):",
            *(f"      v{value} = input_{value}[column]" for value in of_column),
            *(f"      v{s.result} = {_WRITTEN[s.operation].format(f'v{s.left}', f'v{s.right}')}" for s in program.steps),
            *(f"      {output}[row, column] = v{value}" for output, value in zip(outputs, program.outputs, strict=True)),
        ]
        return "\n".join(lines)


def _column(values: Any, length: int) -> Any:
    import numpy as np

    column = np.ascontiguousarray(values, dtype=np.float64).reshape(-1)
    return column if len(column) == length else np.broadcast_to(column, length).copy()


def _native(source: str, program: Program) -> Callable[..., None]:
    """Machine code for this processor. Division by zero is that of floats, as in numpy; other threads run meanwhile."""
    import numba
    import numpy as np

    names: dict[str, Any] = {"ceil": np.ceil, **{f"v{n}": constant for n, constant in enumerate(program.constants)}}
    exec(source, names)
    inputs = names["function"].__code__.co_argcount - len(program.outputs)
    column = numba.types.Array(numba.float64, 1, "C", readonly=True)
    signature = numba.void(*[column] * inputs, *[numba.float64[:, ::1]] * len(program.outputs))
    compiled: Callable[..., None] = numba.njit(signature, error_model="numpy", nogil=True)(names["function"])
    return compiled
