"""A sweep as a table, CSV, JSON or Parquet: a row for each point, what varied and what comes of it."""

import io
import json as json_format
from collections.abc import Iterable, Iterator
from typing import Any

from costmodel.errors import InputError
from costmodel.outputs.grid import Column, lines, wrapped
from costmodel.outputs.words import exact, money
from costmodel.whatif.points import Points
from costmodel.whatif.sweeps import TOTAL, Subject, Swept, columns, titles

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


def table(subject: Subject, points: Points, whole: Swept, width: int) -> str:
    """Every point, or of many some of them, with the cheapest and the dearest."""
    model, totals = subject.model, whole.figures[TOTAL]
    shown = _shown(totals)
    rows = [_row(whole, n) for n in shown]
    heads = titles(subject, points)
    form = [Column(head, 8, True) for head in heads]
    sizes = [max(_narrowest(head), *map(len, cells)) for head, *cells in zip(heads, *rows, strict=True)]
    text = [*wrapped(f"{model.pattern.title} · {model.scenario.title}", width)]
    said = f"{points.number:,} points · prices {model.card.name} · {model.card.currency} a month, before tax"
    text += [*wrapped(said, width), ""]
    text += [*lines(heads, form, sizes), "-" * (sum(sizes) + 2 * (len(sizes) - 1))]
    for row in rows:
        text += lines(row, form, sizes)
    if len(shown) < points.number:
        text += ["", *wrapped(f"{len(shown)} of {points.number:,} points; --format csv -o FILE has all of them.", width)]
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


def _shown(totals: Any) -> list[int]:
    import numpy as np

    count = len(totals)
    if count <= MOST_ROWS:
        return list(range(count))
    spread = np.linspace(0, count - 1, MOST_ROWS // 3).round().astype(int).tolist()
    return sorted({*spread, int(totals.argmin()), int(totals.argmax())})


def _row(whole: Swept, n: int) -> list[str]:
    inputs = [exact(values[n], DIGITS) for values in whole.inputs.values()]
    return inputs + [money(values[n]) for values in whole.figures.values()]
