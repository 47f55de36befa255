"""A sweep as a table, CSV, JSON or Parquet: a row for each point, what varied and what comes of it."""

import io
import json as json_format
from collections.abc import Iterable, Iterator
from typing import Any

from costmodel.errors import InputError
from costmodel.outputs.grid import Column, lines, wrapped
from costmodel.outputs.words import count_of, exact, money
from costmodel.whatif.points import Points
from costmodel.whatif.sweeps import TOTAL, Subject, Swept, columns, joined, rows_of, titles

MOST_ROWS = 60  # of a table; of more, the cheapest, the dearest and some between are shown
DIGITS = 6


def csv(heads: list[str], parts: Iterable[Swept]) -> Iterator[bytes]:
    """Figures as they are, unrounded, below their columns' heads."""
    import csv as csv_format

    head = io.StringIO()
    csv_format.writer(head, lineterminator="\n").writerow(heads)
    yield head.getvalue().encode()
    for part in parts:
        rows = zip(*(column.tolist() for column in columns(part)), strict=True)
        yield "".join(f"{','.join(map(repr, row))}\n" for row in rows).encode()


def parquet(heads: list[str], parts: Iterable[Swept]) -> Iterator[bytes]:
    """A row group for each part. Raises InputError without pyarrow."""
    try:
        import pyarrow as pa
        from pyarrow import parquet as files
    except ImportError:
        raise InputError("Parquet needs pyarrow: pip install 'costmodel[parquet]'") from None
    schema = pa.schema([(head, pa.float64()) for head in heads])
    sink = _Sink()
    writer = files.ParquetWriter(sink, schema)
    for part in parts:
        writer.write_table(pa.Table.from_arrays([pa.array(column) for column in columns(part)], schema=schema))
        yield sink.taken()
    writer.close()
    yield sink.taken()


class _Sink(io.RawIOBase):
    """A file that gives away what is written to it."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._at = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        self._at += len(self._parts[-1])
        return len(self._parts[-1])

    def tell(self) -> int:
        return self._at

    def taken(self) -> bytes:
        data, self._parts = b"".join(self._parts), []
        return data


def json(subject: Subject, points: Points, whole: Swept) -> str:
    """Columns by their titles: an array for each."""
    model = subject.model
    data = {
        "pattern": model.pattern.name,
        "scenario": model.scenario.name,
        "rate_card": model.card.name,
        "currency": model.card.currency,
        "points": points.number,
        "columns": {title: column.tolist() for title, column in zip(titles(subject, points), columns(whole), strict=True)},
    }
    return json_format.dumps(data, indent=2, ensure_ascii=False) + "\n"


def table(subject: Subject, points: Points, parts: Iterable[Swept], width: int) -> str:
    """Every point, or of many some of them, with the cheapest and the dearest; as many columns as there is room for."""
    model, whole = subject.model, _shown(parts, points.number)
    rows = [_row(whole, n) for n in range(len(whole.figures[TOTAL]))]
    heads = titles(subject, points)
    form = [Column(head, 8, True) for head in heads]
    sizes = [max(_narrowest(head), *map(len, cells)) for head, *cells in zip(heads, *rows, strict=True)]
    room = max(width, 80)
    fitting = [n for n in range(len(heads)) if n <= len(points.axes) or sum(sizes[: n + 1]) + 2 * n <= room]
    left_out = len(heads) - len(fitting)
    heads, form, sizes = ([of[n] for n in fitting] for of in (heads, form, sizes))  # type: ignore[assignment]
    rows = [[row[n] for n in fitting] for row in rows]
    text = [*wrapped(f"{model.pattern.title} · {model.scenario.title}", width)]
    said = f"{count_of(points.number, 'point')} · prices {model.card.name} · {model.card.currency} a month, before tax"
    text += [*wrapped(said, width), ""]
    text += [*lines(heads, form, sizes), "-" * (sum(sizes) + 2 * (len(sizes) - 1))]
    for row in rows:
        text += lines(row, form, sizes)
    if len(rows) < points.number:
        text += ["", *wrapped(f"{len(rows)} of {points.number:,} points; --format csv -o FILE has all of them.", width)]
    if left_out:
        text += ["", *wrapped(f"{left_out} more columns have no room; --format csv -o FILE has all of them.", width)]
    text += ["", *(line for words in extremes(points, whole) for line in wrapped(words, width))]
    return "\n".join(text) + "\n"


def _narrowest(head: str) -> int:
    """How narrow a heading may be that wraps at its blanks; what follows its first line goes two further in."""
    first, *rest = head.split()
    return max(len(first), *(len(word) + 2 for word in rest), 0)


def extremes(points: Points, whole: Swept) -> list[str]:
    """Where the total is lowest and where it is highest."""
    totals = whole.figures[TOTAL]
    said = []
    for word, n in (("Cheapest", int(totals.argmin())), ("Dearest", int(totals.argmax()))):
        at = ", ".join(f"{axis.of.path} {axis.of.text(whole.inputs[axis.of.path][n])}" for axis in points.axes)
        said.append(f"{word}: {money(totals[n])} at {at}")
    return said


def _shown(parts: Iterable[Swept], count: int) -> Swept:
    """The points of a table: all, or of many some, with those of the least and the largest total; no more is held of them."""
    import numpy as np

    if count <= MOST_ROWS:
        return joined(parts)
    spread = np.linspace(0, count - 1, MOST_ROWS // 3).round().astype(int).tolist()
    found: dict[int, Swept] = {}
    ends: list[tuple[float, int, Swept]] = []  # (total, number, point) of the least and of the largest total so far
    for part in parts:
        totals = part.figures[TOTAL]
        found |= {n: rows_of(part, [n]) for n in spread if part.start <= n < part.start + len(totals)}
        here = (int(totals.argmin()), int(totals.argmax()))
        ends += [(float(totals[at]), part.start + at, rows_of(part, [part.start + at])) for at in here]
        ends = [min(ends, key=lambda end: end[0]), max(ends, key=lambda end: end[0])]
    found |= {number: point for _, number, point in ends}
    return joined(found[number] for number in sorted(found))


def _row(whole: Swept, n: int) -> list[str]:
    inputs = [exact(values[n], DIGITS) for values in whole.inputs.values()]
    return inputs + [money(values[n]) for values in whole.figures.values()]
