"""A traced model as a program of array operations, run on blocks of points that stay in the processor's cache.

What does not depend on a varied input is computed once, on floats. The rest are steps in the order of the graph, the same
operations on the same numbers as in an estimate, so that the same bits come out.
"""

from collections.abc import Iterable, Sequence
from threading import local
from typing import Any, NamedTuple

from costmodel.quantities import BY_PERIOD, LARGEST, OPERATIONS, SLACK, SUM, Quantity, in_order

BLOCK = 65536  # points at a time: a step takes long enough that threads seldom wait for each other between two
_JOINS = {SUM: "add", LARGEST: "larger"}
_NONE = -1
INPUT, RESULT = "input", "result"
_BEFORE, _LAST, _BOTH = 1, 2, 3


class Step(NamedTuple):
    """An operation on values: `right` is -1 where it takes one."""

    operation: str
    left: int
    right: int
    result: int


class Program(NamedTuple):
    """`inputs` are paths. Values are numbered: constants first, then inputs, then buffers, of which each may be used again.

    `outputs` has for each root the value that it is in.
    """

    constants: tuple[float, ...]
    inputs: tuple[str, ...]
    buffers: int
    steps: tuple[Step, ...]
    outputs: tuple[int, ...]


def compiled(roots: Sequence[Quantity], inputs: Iterable[str]) -> Program:
    """The program that computes the roots, each of one value, from inputs by their paths."""
    return _Compiler(tuple(inputs)).program(roots)


class Parts(NamedTuple):
    """A program in three: what depends on all inputs but the last, on the last alone, and what is made of both.

    The inputs of `both` are the outputs of `before`, then those of `last`.
    """

    before: Program
    last: Program
    both: Program


def in_parts(roots: Sequence[Quantity], inputs: Iterable[str]) -> Parts:
    """As compiled(), for a grid: what does not depend on the last input is the same all along a row of its values."""
    compiler = _Compiler(tuple(inputs))
    return compiler.parts(roots)


class _Compiler:
    """Numbers values as it finds them: an input or the result of a step by a key, a constant by its float."""

    def __init__(self, inputs: tuple[str, ...]) -> None:
        self.inputs = inputs
        self.steps: list[tuple[str, Any, Any]] = []
        self._known: dict[tuple[str, Any, Any], int] = {}

    def program(self, roots: Sequence[Quantity]) -> Program:
        return _allocated(self.steps, self._found(roots), self.inputs)

    def _found(self, roots: Sequence[Quantity]) -> list[Any]:
        """What the roots are: a float, or an array as _Value; the steps that lead to them."""
        values: dict[Quantity, tuple[Any, ...]] = {}  # of each period
        for quantity in in_order(roots):
            values[quantity] = self._values(quantity, values)
        return [values[root][0] for root in roots]

    def parts(self, roots: Sequence[Quantity]) -> Parts:
        found = self._found(roots)
        kinds = self._kinds()
        mixed = [n for n in range(len(self.steps)) if kinds[_Value(RESULT, n)] == _BOTH]
        asked = dict.fromkeys(v for v in (*(v for n in mixed for v in self.steps[n][1:]), *found) if isinstance(v, _Value))
        before, last = ([value for value in asked if kinds[value] == kind] for kind in (_BEFORE, _LAST))
        renamed = {value: _Value(INPUT, n) for n, value in enumerate([*before, *last])}
        renamed |= {_Value(RESULT, n): _Value(RESULT, at) for at, n in enumerate(mixed)}
        steps = [(op, renamed.get(left, left), renamed.get(right, right)) for op, left, right in (self.steps[n] for n in mixed)]
        names = tuple(f"{value.kind} {value.number}" for value in (*before, *last))
        both = _allocated(steps, [renamed.get(root, root) for root in found], names)
        return Parts(_allocated(self.steps, before, self.inputs), _allocated(self.steps, last, self.inputs), both)

    def _kinds(self) -> dict[Any, int]:
        """Of inputs and results of steps, on which inputs they depend: _BEFORE the last one, the _LAST, or _BOTH."""
        kinds: dict[Any, int] = {_Value(INPUT, n): _BEFORE for n in range(len(self.inputs) - 1)}
        kinds[_Value(INPUT, len(self.inputs) - 1)] = _LAST
        for n, (_, left, right) in enumerate(self.steps):
            kinds[_Value(RESULT, n)] = kinds.get(left, 0) | kinds.get(right, 0)
        return kinds

    def _values(self, quantity: Quantity, values: dict[Quantity, tuple[Any, ...]]) -> tuple[Any, ...]:
        if not quantity.operation:
            return (_Value(INPUT, self.inputs.index(quantity.path)),) if quantity.path in self.inputs else (_float(quantity),)
        operands = [values[operand] for operand in quantity.operands]
        if quantity.operation == BY_PERIOD:
            return tuple(of[0] for of in operands)
        if quantity.operation in _JOINS:
            joined, *rest = operands[0]
            for value in rest:
                joined = self._step(_JOINS[quantity.operation], joined, value)
            return (joined,)
        length = len(quantity.value) if isinstance(quantity.value, tuple) else 1
        left, right = (of * length if len(of) == 1 else of for of in operands)
        return tuple(self._step(quantity.operation, a, b) for a, b in zip(left, right, strict=True))

    def _step(self, operation: str, left: Any, right: Any) -> Any:
        if isinstance(left, float) and isinstance(right, float):
            return OPERATIONS[operation].on_floats(left, right)
        if operation == "round_up":  # as it computes on arrays
            steps = self._step("multiply", self._step("divide", left, right), SLACK)
            return self._step("multiply", self._step("ceil", steps, None), right)
        key = (operation, left, right)
        if key not in self._known:
            self._known[key] = len(self.steps)
            self.steps.append(key)
        return _Value(RESULT, self._known[key])


class _Value(NamedTuple):
    """An array: an input or the result of a step, by their number."""

    kind: str
    number: int


def _float(quantity: Quantity) -> float:
    assert isinstance(quantity.value, float | int)  # only operations give a value for each period
    return float(quantity.value)


def _allocated(steps: list[tuple[str, Any, Any]], roots: list[Any], inputs: tuple[str, ...]) -> Program:
    """The steps that roots need, their results in as few buffers as there are values needed at once."""
    last = _last_uses(steps, roots)
    constants = list(dict.fromkeys(v for _, *operands in steps for v in (*operands, *roots) if isinstance(v, float)))
    constants = list(dict.fromkeys([*constants, *(root for root in roots if isinstance(root, float))]))
    number: dict[Any, int] = {constant: n for n, constant in enumerate(constants)}
    number |= {_Value(INPUT, n): len(constants) + n for n in range(len(inputs))}
    first = len(number)
    free: list[int] = []
    buffers, made = 0, []
    for n, (operation, left, right) in enumerate(steps):
        if n not in last:
            continue
        one, other = number[left], _NONE if right is None else number[right]
        free += {number[v] for v in (left, right) if _is_result(v) and last[v.number] == n}
        if not free:
            free.append(first + buffers)
            buffers += 1
        number[_Value(RESULT, n)] = free.pop()
        made.append(Step(operation, one, other, number[_Value(RESULT, n)]))
    return Program(tuple(constants), inputs, buffers, tuple(made), tuple(number[root] for root in roots))


def _last_uses(steps: list[tuple[str, Any, Any]], roots: list[Any]) -> dict[int, int]:
    """By the number of each step that is needed, the last that uses its result; roots are used to the end."""
    last = {root.number: len(steps) for root in roots if _is_result(root)}
    for n in range(len(steps) - 1, -1, -1):
        if n in last:
            for operand in steps[n][1:]:
                if _is_result(operand):
                    last.setdefault(operand.number, n)
    return last


def _is_result(value: Any) -> bool:
    return isinstance(value, _Value) and value.kind == RESULT


class Runner:
    """Runs a program on blocks of points; each thread has buffers of its own. A block may have rows."""

    def __init__(self, program: Program) -> None:
        import numpy as np

        functions: dict[str, Any] = {
            "add": np.add,
            "subtract": np.subtract,
            "multiply": np.multiply,
            "divide": np.divide,
            "larger": np.maximum,
            "smaller": np.minimum,
            "ceil": np.ceil,
        }
        self.program = program
        self._steps = [(functions[s.operation], s.left, s.right, s.result) for s in program.steps]
        self._own = local()

    def __reduce__(self) -> tuple[type, tuple[Program]]:
        return (type(self), (self.program,))

    def run(self, inputs: Sequence[Any], shape: tuple[int, ...]) -> list[Any]:
        """Each output: an array that fits the block's shape, or a float that no input changes.

        `inputs` are arrays that fit the shape, in base units. What is given back is overwritten by the thread's next block.
        """
        values: list[Any] = [*self.program.constants, *inputs, *self._buffers(shape)]
        for function, left, right, result in self._steps:
            if right < 0:
                function(values[left], out=values[result])
            else:
                function(values[left], values[right], out=values[result])
        return [values[output] for output in self.program.outputs]

    def write(self, inputs: Sequence[Any], outputs: Sequence[Any]) -> None:
        """As run(), but each output is written into an array of the block's shape."""
        for array, output in zip(outputs, self.run(inputs, outputs[0].shape), strict=True):
            array[:] = output

    def _buffers(self, shape: tuple[int, ...]) -> list[Any]:
        import numpy as np

        if getattr(self._own, "shape", None) != shape:
            self._own.shape, self._own.buffers = shape, [np.empty(shape) for _ in range(self.program.buffers)]
        buffers: list[Any] = self._own.buffers
        return buffers
