"""The pieces of totals along one input: between two neighbouring pieces a step goes another way, within one all are smooth.

A total is made of sums, products and quotients, which are smooth, and of steps that are not: the larger or the smaller of two
goes over from one operand to the other, a rounding up jumps. A mark, a whole number for each point, says which way all of them
went.
"""

from collections.abc import Callable, Sequence
from typing import Any

from costmodel.whatif.compiled import Runner

# Of two amounts that differ by less, which is the larger is nothing to go by: they may be the same sum in two orders.
NOISE = 1e-12
_SPREAD = 0x9E3779B97F4A7C15  # an odd number, by which a change of any bit changes many


class PieceRunner(Runner):
    """Runs a program, and marks the piece that each point is on."""

    def run_marked(self, inputs: Sequence[Any], marks: Any) -> list[Any]:
        """As run(), on points in one row. Mixes into `marks`, of 64 bits without a sign, which way each step goes."""
        import numpy as np

        values: list[Any] = [*self.program.constants, *inputs, *self._buffers(marks.shape)]
        for step, (function, left, right, result) in zip(self.program.steps, self._steps, strict=True):
            if step.operation in ("larger", "smaller"):  # before the result takes an operand's place
                _mix(marks, _way(values[left], values[right]))
            if right < 0:
                function(values[left], out=values[result])
            else:
                function(values[left], values[right], out=values[result])
            if step.operation == "ceil":
                _mix(marks, (values[result] + 0.0).view(np.uint64))  # -0.0 is 0
        return [values[output] for output in self.program.outputs]


def _way(left: Any, right: Any) -> Any:
    """1 where the left one is larger, 2 where the right one is, 0 where they are the same."""
    import numpy as np

    near = NOISE * (np.abs(left) + np.abs(right))
    return np.where(left - right > near, 1, np.where(right - left > near, 2, 0)).astype(np.uint64)


def _mix(marks: Any, way: Any) -> None:
    import numpy as np

    marks ^= way
    marks *= np.uint64(_SPREAD)
    marks ^= marks >> np.uint64(32)


def halfway(low: Any, high: Any) -> Any:
    """Of each two floats from 0 up, the one with as many floats to either side; `low` where there is none, or it is 0.

    Their bits read as whole numbers have their order. So there are at most 63 halves, wherever the two are.
    """
    import numpy as np

    first, last = low.view(np.int64), high.view(np.int64)
    return np.where(low > 0, (first + (last - first) // 2).view(np.float64), low)


def ends_of_pieces(marks_at: Callable[[Any], Any], samples: Any, most: int) -> tuple[Any, bool]:
    """The samples, which rise, and between them the last float of each piece and the first of the next; whether these are all.

    With more than `most` pieces they are not all: then they are the ends of what was looked at. Between two samples whose marks
    are the same, nothing is looked for.
    """
    import numpy as np

    found, number = [samples], 0
    marks = marks_at(samples)
    ends, of_ends = np.array([samples[:-1], samples[1:]]), np.array([marks[:-1], marks[1:]])
    while True:
        differ = of_ends[0] != of_ends[1]
        ends, of_ends = ends[:, differ], of_ends[:, differ]
        middle = halfway(*ends)
        within = middle > ends[0]
        found += [*ends[:, ~within]]
        number += int((~within).sum())
        ends, of_ends, middle = ends[:, within], of_ends[:, within], middle[within]
        if not len(middle) or number + len(middle) > most:
            return np.unique(np.concatenate([*found, *ends])), not len(middle)
        marks = marks_at(middle)
        ends = np.hstack([[ends[0], middle], [middle, ends[1]]])
        of_ends = np.hstack([[of_ends[0], marks], [marks, of_ends[1]]])
