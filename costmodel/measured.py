"""What was measured, on files: rates over time and other values (CSV), the sizes of real records (JSON lines)."""

import csv
import io
import json
import math
import os
from datetime import UTC, datetime
from itertools import pairwise

from costmodel.errors import InputError, Place, Problem
from costmodel.shapes import Given, Word
from costmodel.traffic import Shaped, Steady, Step, Timeline, merged
from costmodel.units import COUNT, DAY, HOUR, KB, LARGEST, PER_SECOND, RATE, SECOND, SIZE, number_of, parse, unit_of
from costmodel.yamlfile import read_text

LARGEST_MEASUREMENT = 200 * 1024 * 1024  # a file of measurements may be larger than what people write
WEEK = 168
MOST_PERIODS = WEEK  # a finer file becomes hourly means
MOST_HOURS = 744  # a longer one the hours of a week: a month is what is estimated
LONGEST = 366 * DAY
MOST_SIZES = 64


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


def rates_over_time(word: Word, folder: str) -> Shaped:
    """Steady periods of a CSV with columns timestamp and rate, their order, and notes on how it was read. Raises InputError.

    A rate holds until the next row, the last one as long as the one before it. Equal rates are merged.
    """
    path, name = _path_and_name(word, folder)
    rows = _rows(read_text(path, name, LARGEST_MEASUREMENT), name)
    spans = [after - before for (before, _, _), (after, _, _) in pairwise(rows)]
    spans.append(spans[-1] if spans else HOUR)
    if sum(spans) > LONGEST:
        raise InputError(Problem(Place(name), f"spans {sum(spans) / DAY:,.0f} days; give at most a year of traffic"))
    notes = [f"{name}: {len(rows):,} rows over {sum(spans) / HOUR:,.6g} hours, scaled to the month"]
    steps = [
        Step(rate, span, f"level_{n}", Place(name, line, 1))
        for n, ((_, rate, line), span) in enumerate(zip(rows, spans, strict=True), 1)
    ]
    if len({step.rate for step in steps}) > MOST_PERIODS:
        steps = _hourly_means(steps)
        notes.append(f"{name}: taken as {len(steps):,} hourly means; a peak shorter than an hour is averaged out")
    if len({step.rate for step in steps}) > MOST_HOURS:
        steps = _hours_of_the_week(steps, rows[0][0])
        notes.append(f"{name}: of more than a month, the mean of each hour of the week is taken")
        return *_week(steps), tuple(notes)
    steady, order = merged(steps, RATE)
    start = datetime.fromtimestamp(rows[0][0] / SECOND, UTC)
    return steady, Timeline(order, sum(spans), f"hours since {start:%Y-%m-%d %H:%M} UTC"), tuple(notes)


def _week(steps: list[Step]) -> tuple[tuple[Steady, ...], Timeline]:
    """The hours of the week as steady periods. Each is an hour of the timeline, however many of it the file has."""
    steady, order = merged(steps, RATE)
    mean = sum(step.duration for step in steps) / WEEK
    hours = tuple((number, share * mean / step.duration) for (number, share), step in zip(order, steps, strict=True))
    return steady, Timeline(hours, WEEK * HOUR, "hours of the week from Monday, 00:00 UTC")


def _rows(text: str, name: str) -> list[tuple[float, float, int]]:
    """(ms since 1970, records per ms, line) of each row; every bad row is a problem."""
    reader = csv.DictReader(io.StringIO(text, newline=""))
    rows: list[tuple[float, float, int]] = []
    problems: list[Problem] = []
    try:
        columns = reader.fieldnames or []
        if "timestamp" not in columns or "rate" not in columns:
            has = ", ".join(columns) or "none"
            raise InputError(Problem(Place(name, 1, 1), f"needs the columns timestamp and rate; it has {has}"))
        for row in reader:
            try:
                if None in row:  # "1,000" is two fields
                    raise ValueError("this row has more fields than the header; write a rate without commas, such as 1000")
                when, rate = _row(row["timestamp"] or "", row["rate"] or "")
                if rows and when <= rows[-1][0]:
                    raise ValueError(f"'{row['timestamp']}' is not after the row before it; sort the rows by time")
                rows.append((when, rate, reader.line_num))
            except ValueError as error:
                problems.append(Problem(Place(name, reader.line_num, 1), str(error)))
    except csv.Error as error:
        problems.append(Problem(Place(name, reader.line_num, 1), f"is not CSV: {error}"))
    if problems:
        raise InputError(*problems[:20])
    if not rows:
        raise InputError(Problem(Place(name), "has no rows"))
    return rows


def _row(timestamp: str, rate: str) -> tuple[float, float]:
    """(ms since 1970, records per ms); ValueError with what to write instead."""
    try:
        moment = datetime.fromisoformat(timestamp.strip())
    except ValueError:
        raise ValueError(f"'{timestamp}' is not a time; write for example 2018-06-01T14:00:00") from None
    when = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * SECOND
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


def _hourly_means(steps: list[Step]) -> list[Step]:
    """Steps cut at every full hour from the first row on, and averaged within the hour."""
    records: list[float] = []
    spans: list[float] = []
    at = 0.0
    for step in steps:
        end = at + step.duration
        while at < end:
            hour = int(at // HOUR)
            until = min(end, (hour + 1) * HOUR)
            if hour == len(records):
                records.append(0.0)
                spans.append(0.0)
            records[hour] += step.rate * (until - at)
            spans[hour] += until - at
            at = until
    means = zip(records, spans, strict=True)
    return [Step(count / span, span, f"hour_{n}", steps[0].place) for n, (count, span) in enumerate(means, 1)]


def _hours_of_the_week(hours: list[Step], start: float) -> list[Step]:
    """The mean of each hour of the week (Monday 00:00 is hour_0) over hourly steps that begin at `start` (ms since 1970)."""
    first = int(start // HOUR) + 3 * 24  # 1970 began on a Thursday
    means = []
    for hour in range(WEEK):
        same = [step for n, step in enumerate(hours) if (first + n) % WEEK == hour]
        span = sum(step.duration for step in same)
        rate = sum(step.rate * step.duration for step in same) / span
        means.append(Step(rate, span, f"hour_{hour}", same[0].place))
    return means


def column(word: Word, name: Word | None, folder: str) -> list[str]:
    """The values of a CSV file's column (the first, without a name), each with its unit: its own, or the heading's, "took (ms)".

    Raises InputError with every value that is none.
    """
    path, said = _path_and_name(word, folder)
    reader = csv.reader(io.StringIO(read_text(path, said, LARGEST_MEASUREMENT), newline=""))
    rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    if len(rows) < 2:
        raise InputError(Problem(Place(said), "has no measurements: a row of headings, then a value in each row"))
    heads = [head.strip() for head in rows[0][1]]
    names = [head.partition("(")[0].strip() for head in heads]
    number = 0 if name is None else next((n for n, both in enumerate(zip(names, heads, strict=True)) if name in both), -1)
    if number < 0:
        raise InputError(Problem(Place(said, 1, 1), f"has no column '{name}'; it has {', '.join(heads)}"))
    unit = heads[number].partition("(")[2].partition(")")[0].strip()
    values, problems = [], []
    for line, row in rows[1:]:
        text = row[number].strip() if number < len(row) else ""
        try:
            number_of(text)
        except ValueError:
            problems.append(Problem(Place(said, line, 1), f"'{text}' is no number"))
        else:
            values.append(text if unit_of(text) else f"{text} {unit}".strip())
    other = next((text for text in values if unit_of(text).strip() != unit_of(values[0]).strip()), None)
    if other is not None:
        problems.append(Problem(Place(said), f"has '{values[0]}' and '{other}': give all in one unit"))
    if problems:
        raise InputError(*problems[:20])
    return values


def record_sizes(word: Word, folder: str) -> tuple[tuple[Given, Given], ...]:
    """(share, size) of the records in a file of JSON lines, each line's bytes without its line end. Raises InputError.

    Up to MOST_SIZES sizes are taken as they are. More are grouped by started KB, each group at its mean: the volume
    stays exact, and every record's rounding to whole KB as long as no pattern changes sizes before.
    """
    path, name = _path_and_name(word, folder)
    measured: list[int] = []
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
        measured.append(len(line.encode()))
    if problems:
        raise InputError(*problems[:20])
    if not measured:
        raise InputError(Problem(Place(name), "has no records"))
    groups: dict[int, list[int]] = {}
    few = len(set(measured)) <= MOST_SIZES
    for size in measured:
        groups.setdefault(size if few else math.ceil(size / KB), []).append(size)
    every = len(measured)
    return tuple(
        (
            Given(len(sizes) / every, f"{len(sizes):,} of {every:,} records", COUNT, Place(name)),
            Given(sum(sizes) / len(sizes), f"{sum(sizes) / len(sizes):.10g} bytes", SIZE, Place(name)),
        )
        for _, sizes in sorted(groups.items())
    )
