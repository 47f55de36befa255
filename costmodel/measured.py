"""Traffic measured on files: rates over time (CSV) and the sizes of real records (JSON lines)."""

import csv
import io
import json
import math
import os
from datetime import UTC, datetime
from itertools import pairwise

from costmodel.errors import InputError, Place, Problem
from costmodel.shapes import Given, Word
from costmodel.traffic import Steady, merged
from costmodel.units import COUNT, HOUR, KB, LARGEST, PER_SECOND, RATE, SECOND, SIZE, parse
from costmodel.yamlfile import read_text

LARGEST_MEASUREMENT = 200 * 1024 * 1024  # a file of measurements may be larger than what people write
MOST_PERIODS = 168  # a week of hours; a finer file becomes hourly means


def _path_and_name(word: Word, folder: str) -> tuple[str, str]:
    """A file named in a YAML file is relative to it, also where another file extends that one; on the command line, to here."""
    stands_in = word.place.name
    if stands_in.startswith("-"):
        folder = ""
    elif os.path.exists(stands_in):
        folder = os.path.dirname(stands_in)
    path = os.path.join(folder, word)
    if "\0" in word or not os.path.exists(path):
        raise InputError(Problem(word.place, f"there is no file {str(word)!r} beside the scenario"))
    return path, str(word)


def rates_over_time(word: Word, folder: str) -> tuple[tuple[Steady, ...], tuple[str, ...]]:
    """Steady periods of a CSV with columns timestamp and rate, and notes on how it was read. Raises InputError.

    A rate holds until the next row, the last one as long as the one before it. Equal rates are merged.
    """
    path, name = _path_and_name(word, folder)
    rows = _rows(read_text(path, name, LARGEST_MEASUREMENT), name)
    spans = [after - before for (before, _), (after, _) in pairwise(rows)]
    spans.append(spans[-1] if spans else HOUR)
    steps = [(rate, span) for (_, rate), span in zip(rows, spans, strict=True)]
    notes = [f"{name}: {len(rows):,} rows over {sum(spans) / HOUR:,.6g} hours, scaled to the month"]
    if len({rate for rate, _ in steps}) > MOST_PERIODS:
        steps = _hourly_means(steps)
        notes.append(f"{name}: taken as {len(steps):,} hourly means; a peak shorter than an hour is averaged out")
    named_steps = [(rate, span, f"level_{number}") for number, (rate, span) in enumerate(steps, 1)]
    return merged(named_steps, Place(name), RATE), tuple(notes)


def _rows(text: str, name: str) -> list[tuple[float, float]]:
    """(ms since 1970, records per ms) of each row; every bad row is a problem."""
    reader = csv.DictReader(io.StringIO(text, newline=""))
    rows: list[tuple[float, float]] = []
    problems: list[Problem] = []
    try:
        columns = reader.fieldnames or []
        if "timestamp" not in columns or "rate" not in columns:
            has = ", ".join(columns) or "none"
            raise InputError(Problem(Place(name, 1, 1), f"needs the columns timestamp and rate; it has {has}"))
        for row in reader:
            try:
                rows.append(_row(row["timestamp"] or "", row["rate"] or "", rows))
            except ValueError as error:
                problems.append(Problem(Place(name, reader.line_num, 1), str(error)))
    except csv.Error as error:
        problems.append(Problem(Place(name, reader.line_num, 1), f"is not CSV: {error}"))
    if problems:
        raise InputError(*problems[:20])
    if not rows:
        raise InputError(Problem(Place(name), "has no rows"))
    return rows


def _row(timestamp: str, rate: str, before: list[tuple[float, float]]) -> tuple[float, float]:
    """ValueError with what to write instead."""
    try:
        moment = datetime.fromisoformat(timestamp.strip())
    except ValueError:
        raise ValueError(f"'{timestamp}' is not a time; write for example 2018-06-01T14:00:00") from None
    when = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * SECOND
    if before and when <= before[-1][0]:
        raise ValueError(f"'{timestamp}' is not after the row before it; sort the rows by time")
    value = _rate(rate)
    if value is None:
        raise ValueError(f"'{rate}' is not a rate; write records a second, such as 1000")
    return when, value


def _rate(text: str | None) -> float | None:
    try:
        rate = parse(text or "", RATE, PER_SECOND)
    except ValueError:
        return None
    return rate if 0 <= rate <= LARGEST[RATE] else None


def _hourly_means(steps: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """(rate, span) steps cut at every full hour from the first row on, and averaged within the hour."""
    records: list[float] = []
    spans: list[float] = []
    at = 0.0
    for rate, span in steps:
        end = at + span
        while at < end:
            hour = int(at // HOUR)
            until = min(end, (hour + 1) * HOUR)
            if hour == len(records):
                records.append(0.0)
                spans.append(0.0)
            records[hour] += rate * (until - at)
            spans[hour] += until - at
            at = until
    return [(count / span, span) for count, span in zip(records, spans, strict=True)]


def record_sizes(word: Word, folder: str) -> tuple[tuple[Given, Given], ...]:
    """(share, size) of the records in a file of JSON lines, each line's bytes without its line end. Raises InputError.

    Records are grouped by started KB, each group at its mean: billing increments are whole KB, so both the volume and
    every record's rounded size stay exact.
    """
    path, name = _path_and_name(word, folder)
    groups: dict[int, list[int]] = {}
    problems = []
    for number, line in enumerate(read_text(path, name, LARGEST_MEASUREMENT).split("\n"), 1):
        line = line.removesuffix("\r")
        if not line.strip():
            continue
        try:
            json.loads(line)
        except (ValueError, RecursionError):
            problems.append(Problem(Place(name, number, 1), "this line is not JSON; give one record a line"))
            continue
        size = len(line.encode())
        groups.setdefault(math.ceil(size / KB), []).append(size)
    if problems:
        raise InputError(*problems[:20])
    if not groups:
        raise InputError(Problem(Place(name), "has no records"))
    every = sum(map(len, groups.values()))
    return tuple(
        (
            Given(len(sizes) / every, f"{len(sizes):,} of {every:,} records", COUNT, Place(name)),
            Given(sum(sizes) / len(sizes), f"{sum(sizes) / len(sizes):.10g} bytes", SIZE, Place(name)),
        )
        for _, sizes in sorted(groups.items())
    )
