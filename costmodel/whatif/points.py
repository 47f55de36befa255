"""The points of a sweep: inputs that vary, each over its values, in a grid or row by row from a file."""

import csv
import io
import re
from collections.abc import Mapping as Map, Sequence
from math import prod
from typing import Any, NamedTuple

from costmodel.errors import InputError, Mistakes, Place, Problem, did_you_mean
from costmodel.inputs import Input
from costmodel.units import with_unit
from costmodel.yamlfile import read_text

LARGEST_GRID = 10**12
LONG = 64  # points
FAR = 50  # times
_RANGE = re.compile(r"(.+?) *\.\. *(.+?) *: *(?:(log) *: *)?([0-9][0-9_]*)")


class Stretch(NamedTuple):
    """So many values from `low` to `high`, at equal distances, or where `log` at equal ratios. None is held."""

    low: float
    high: float
    size: int
    log: bool

    def at(self, numbers: Any) -> Any:
        import numpy as np

        shares = numbers / (self.size - 1)
        values = self.low * (self.high / self.low) ** shares if self.log else self.low + (self.high - self.low) * shares
        return np.where(numbers == self.size - 1, self.high, values)


class Listed(NamedTuple):
    """Values that are given one by one."""

    values: tuple[float, ...]

    @property
    def size(self) -> int:
        return len(self.values)

    def at(self, numbers: Any) -> Any:
        import numpy as np

        return np.array(self.values)[numbers]


class Axis(NamedTuple):
    """An input that varies, and its values as a file would have them, in the file's unit."""

    of: Input
    along: Stretch | Listed

    @property
    def size(self) -> int:
        return self.along.size

    @property
    def values(self) -> list[float]:
        """All of them."""
        import numpy as np

        found: list[float] = self.along.at(np.arange(self.size)).tolist()
        return found


class Points(NamedTuple):
    """`count` points; `zipped` where each axis has a value for each of them, else every combination, the last axis fastest."""

    axes: tuple[Axis, ...]
    zipped: bool

    @property
    def number(self) -> int:
        return self.axes[0].size if self.zipped else prod(axis.size for axis in self.axes)

    def block(self, start: int, count: int) -> list[Any]:
        """The values at so many points from number `start` on, in the axes' own units."""
        import numpy as np

        if self.zipped:
            return [axis.along.at(np.arange(start, start + count)) for axis in self.axes]
        strides = [prod(axis.size for axis in self.axes[n + 1 :]) for n in range(len(self.axes))]
        return [_of_grid(axis, stride, start, count) for axis, stride in zip(self.axes, strides, strict=True)]


def _of_grid(axis: Axis, stride: int, start: int, count: int) -> Any:
    """An axis whose values stay for `stride` points each, again and again. Long runs are filled in, without a division."""
    import numpy as np

    if stride >= LONG:
        found = np.empty(count)
        first, last = start // stride, (start + count - 1) // stride
        values = axis.along.at(np.arange(first, last + 1) % axis.size)
        for value, run in zip(values.tolist(), range(first, last + 1), strict=True):
            found[max(run * stride - start, 0) : (run + 1) * stride - start] = value
        return found
    numbers = np.arange(start, start + count)
    if stride > 1:
        numbers //= stride
    return axis.along.at(numbers if axis.size >= start + count else numbers % axis.size)


def grid(varied: Map[str, str], inputs: Map[str, Input]) -> Points:
    """The grid of "1,5,64,128 MB" and "100..100000:log:200" by path. Raises InputError with every mistake."""
    mistakes, axes = Mistakes(), []
    for path, text in varied.items():
        with mistakes.noted():
            axes.append(_axis(path, text, inputs, Place(f"--vary {path}={text}")))
    if mistakes.problems:
        raise InputError(*mistakes.problems)
    points = Points(tuple(axes), zipped=False)
    if points.number > LARGEST_GRID:
        raise InputError(f"{points.number:,} points are more than can be computed; give at most {LARGEST_GRID:,}")
    return points


def stretch(path: str, text: str, of: Input | None, known: Sequence[str], option: str = "--vary") -> Axis:
    """The axis of "1..100000", by equal ratios where that is far. `of` is the input at the path. Raises InputError."""
    place = Place(f"{option} {path}={text}")
    if of is None:
        hint = did_you_mean(path, known) or " What a design leaves out is said first, as in --set ingest.input.aggregate=1."
        raise InputError(Problem(place, f"there is no number '{path}' to vary.{hint}"))
    if ".." not in text or ":" in text:
        raise InputError(Problem(place, f"write from where to where, as in {path}=1..1000"))
    axis = _axis(path, f"{text}:2", {path: of}, place)
    along = axis.along
    assert isinstance(along, Stretch)
    return axis._replace(along=along._replace(log=along.low > 0 and along.high / along.low >= FAR))


def _axis(path: str, text: str, inputs: Map[str, Input], place: Place) -> Axis:
    if path not in inputs:
        raise InputError(Problem(place, f"there is no number '{path}' to vary.{did_you_mean(path, list(inputs))}"))
    of = inputs[path]
    try:
        values = _values(text, of)
    except ValueError as error:
        raise InputError(Problem(place, str(error))) from None
    ends = [values.low, values.high] if isinstance(values, Stretch) else values.values
    wrong = [value for value in ends if not of.allows(value)]
    if wrong:
        raise InputError(Problem(place, f"{of.text(wrong[0])} is out of bounds for {path}: {_bounds(of)}"))
    return Axis(of, values)


def _bounds(of: Input) -> str:
    low = "above" if of.above else "at least"
    high = "below" if of.below else "at most"
    return f"{low} {of.text(of.least)}, {high} {of.text(of.most)}"


def _values(text: str, of: Input) -> Stretch | Listed:
    """In the file's unit; a number without one has that of the last in the text, else the file's."""
    stretch = _RANGE.fullmatch(text.strip())
    if stretch:
        low, high = of.numbers([stretch[1], stretch[2]])
        return _stretch(low, high, int(stretch[4].replace("_", "")), log=bool(stretch[3]))
    if ".." in text:
        raise ValueError(f"'{text}' does not say how many points; write for example 100..100000:log:200 or 1..128:20")
    values = [word.strip() for word in text.split(",")]
    if not all(values):
        raise ValueError("a list has values between its commas, as in 1,5,64,128 MB")
    return Listed(tuple(of.numbers(values)))


def _stretch(low: float, high: float, count: int, log: bool) -> Stretch:
    if not low < high:
        raise ValueError(f"the range from {low:g} to {high:g} is empty")
    if count < 2:
        raise ValueError("a range has at least 2 points, its ends")
    if log and low <= 0:
        raise ValueError(f"a range by ratios begins above 0, not at {low:g}")
    return Stretch(low, high, count, log)


def first_of(text: str) -> str:
    """The first of the values, with its unit: "1 MB" of "1,5,64 MB" and of "1..64 MB:20"."""
    stretch = _RANGE.fullmatch(text.strip())
    return with_unit([stretch[1], stretch[2]] if stretch else text.split(","))[0]


def from_csv(path: str, inputs: Map[str, Input]) -> Points:
    """The points of a CSV file, a column for each input by its path: "ingest.buffer_size", or with the unit of numbers that have
    none, "ingest.buffer_size (MB)". Raises InputError with every mistake.
    """
    reader = csv.reader(io.StringIO(read_text(path, path), newline=""))
    rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    if len(rows) < 2:
        raise InputError(Problem(Place(path, 1, 1), "needs a row of paths, as in traffic.peak_rate, and a row for each point"))
    heads, units = zip(*(_head(head) for head in rows[0][1]), strict=True)
    if twice := sorted({head for head in heads if heads.count(head) > 1}):
        raise InputError(*(Problem(Place(path, rows[0][0], 1), f"has two columns '{head}'") for head in twice))
    problems = [
        Problem(Place(path, 1, 1), f"there is no number '{head}' to vary.{did_you_mean(head, list(inputs))}")
        for head in heads
        if head not in inputs
    ]
    columns: dict[str, list[float]] = {head: [] for head in heads}
    for line, row in rows[1:] if not problems else []:
        problems += _read_row(row, units, columns, inputs, Place(path, line, 1))
    if problems:
        raise InputError(*problems[:20])
    return Points(tuple(Axis(inputs[head], Listed(tuple(values))) for head, values in columns.items()), zipped=True)


def _head(text: str) -> tuple[str, str]:
    """The path and the unit that a column is headed by."""
    path, _, unit = text.strip().partition(" (")
    return path, unit.rstrip(")")


def _read_row(
    row: list[str], units: Sequence[str], columns: dict[str, list[float]], inputs: Map[str, Input], place: Place
) -> list[Problem]:
    if len(row) != len(columns):
        return [Problem(place, f"has {len(row)} values for {len(columns)} columns")]
    for head, unit, word in zip(columns, units, row, strict=True):
        of = inputs[head]
        try:
            *_, value = of.numbers(with_unit([word, f"1 {unit}"])[:1] if unit else [word.strip()])
        except ValueError as error:
            return [Problem(place, str(error))]
        if not of.allows(value):
            return [Problem(place, f"{of.text(value)} is out of bounds for {head}: {_bounds(of)}")]
        columns[head].append(value)
    return []
