"""A forecast in words and figures: the months, what gives way when, which tiers are reached."""

import json as json_format
import math
from collections.abc import Callable
from typing import Any

from costmodel.bill import notices
from costmodel.capacity.checks import BREAKS, TIGHT
from costmodel.capacity.forecasts import Forecast, Trend, growing
from costmodel.estimating import fills
from costmodel.outputs.grid import Column, lines, widths, wrapped
from costmodel.outputs.limits import amount, uncertain_words, used, what
from costmodel.outputs.markdown import plain, table as markdown_table
from costmodel.outputs.spreadsheets import as_text
from costmodel.outputs.words import money, number

_TITLES = ["Month", "Records/s at peak", "Cost a month", "Fullest limit that grows", "Used"]
_COLUMNS = [
    Column("Month", 5),
    *(Column(title, 12, True) for title in _TITLES[1:3]),
    Column(_TITLES[3], 20),
    Column("Used", 6, True),
]
MOST_ROWS = 61  # five years, month by month


def render(form: str, forecasts: list[Forecast], width: int) -> str:
    """In one of FORMATS."""
    return FORMATS[form](forecasts, max(80, min(width, 120)))


def _table(forecasts: list[Forecast], width: int) -> str:
    return "\n\n".join("\n".join(_one(forecast, width)) for forecast in forecasts) + "\n"


def _one(forecast: Forecast, width: int) -> list[str]:
    rows = [_row(forecast, month) for month in shown_months(forecast)]
    sizes = widths(_COLUMNS, [_TITLES, *rows], width)
    text = [*wrapped(_headline(forecast), width), *wrapped(_context(forecast), width), "", *lines(_TITLES, _COLUMNS, sizes)]
    text.append("-" * (sum(sizes) + 2 * (len(sizes) - 1)))
    for row in rows:
        text += lines(row, _COLUMNS, sizes)
    for title, said in (("What gives way", events(forecast)), ("Tiers reached", tiers(forecast))):
        text += ["", title, *(line for words in said for line in _indented(words, width))]
    return [*text, *(line for note in notes(forecast) for line in ["", *wrapped(note, width)])]


def notes(forecast: Forecast) -> list[str]:
    """What a reader must know beside the figures."""
    model, words = forecast.model, [*notices(forecast.model)]
    if forecast.uncertain:
        words.insert(0, uncertain_words(forecast.uncertain, forecast.are_correlated))
    if model.scenario.traffic.bursts:
        words.append("Limits are held to the means of hours; what bursts ask for today is in costmodel plan.")
    if fills(model):
        since = "from month 0 on" if model.after is None else f"since {amount(model.after.value, 'months')} before month 0"
        words.append(f"What is kept for a time fills up {since}.")
    return words


def _indented(words: str, width: int) -> list[str]:
    first, *rest = wrapped(words, width - 2, width - 4)
    return [f"  {first}", *(f"    {line}" for line in rest)]


def _headline(forecast: Forecast) -> str:
    return f"{forecast.model.pattern.title} · {forecast.model.scenario.title}"


def _context(forecast: Forecast) -> str:
    sheet, card = forecast.sheet, forecast.model.card
    parts = [f"traffic grows: {forecast.growth.words}", f"prices {card.name}"]
    parts += [f"quotas {sheet.name}, of {sheet.as_of}, in {card.region}", f"tight over {number((1 - forecast.headroom) * 100)}%"]
    return " · ".join(parts)


def shown_months(forecast: Forecast) -> list[int]:
    """Every month, or of many every few, and those in which something gives way."""
    step = math.ceil(len(forecast.months) / MOST_ROWS)
    given_way = {trend.first(verdict, forecast.headroom) for trend in forecast.trends for verdict in (TIGHT, BREAKS)}
    last = forecast.months[-1]
    return [month for month in forecast.months if month % step == 0 or month in given_way or month == last]


def _row(forecast: Forecast, month: int) -> list[str]:
    fullest = max(growing(forecast.trends), key=lambda trend: trend.utilisations[month], default=None)
    cells = [str(month), number(forecast.records_per_second[month], 1), money(forecast.totals[month])]
    if fullest is None:
        return [*cells, "none", ""]
    return [*cells, what(fullest.check), used(fullest.utilisations[month])]


def events(forecast: Forecast) -> list[str]:
    """When which limit becomes tight and breaks, the first to break first."""

    def when(trend: Trend) -> tuple[float, float, float]:
        found = [trend.first(verdict, forecast.headroom) for verdict in (BREAKS, TIGHT)]
        breaks, tight = (math.inf if month is None else month for month in found)
        return breaks, tight, -max(trend.utilisations)

    given_way = [trend for trend in sorted(forecast.trends, key=when) if min(when(trend)[:2]) < math.inf]
    likely = [trend for trend in forecast.trends if trend not in given_way and trend.breaks_between[0] is not None]
    said = [_event(trend, forecast.headroom) for trend in given_way]
    said += [f"{what(trend.check)} holds at what the files say{_between(trend)}" for trend in likely]
    return said or [f"nothing, up to month {forecast.months[-1]}"]


def _event(trend: Trend, headroom: float) -> str:
    tight, breaks = (trend.first(verdict, headroom) for verdict in (TIGHT, BREAKS))
    month = tight if breaks is None else breaks
    assert month is not None  # one of them is there
    load, limit = amount(trend.loads[month], trend.check.unit), amount(trend.limits[month], trend.check.unit)
    if breaks is None:
        return f"month {month}: {what(trend.check)} becomes tight, at {load} of {limit}{_between(trend)}"
    what_breaks = f"the quota {trend.check.quota.key}" if trend.check.quota else "what is provisioned"
    breaking = f"{what(trend.check)} breaks {what_breaks}, {load} against {limit}"
    return f"month {month}: {breaking}{_before_and_after(trend, headroom)}{_between(trend)}"


def _between(trend: Trend) -> str:
    """When it breaks where inputs are uncertain: the months by which 1 in 20 and 19 in 20 cases have."""
    if not trend.chances:
        return ""
    early, late = trend.breaks_between
    if early is None:
        return "; not broken in 19 of 20 cases"
    by_late = "" if late is None else f", by month {late} in 19 of 20"
    return f"; broken by month {early} in 1 of 20 cases{by_late}"


def _before_and_after(trend: Trend, headroom: float) -> str:
    """Since when a limit that breaks was tight, and until when it is broken."""
    verdicts = trend.verdicts(headroom)
    breaks = verdicts.index(BREAKS)
    tight, end = breaks, breaks
    while tight and verdicts[tight - 1] == TIGHT:
        tight -= 1
    while end < len(verdicts) and verdicts[end] == BREAKS:
        end += 1
    said = f", tight from month {tight} on" if tight < breaks else ""
    again = " and again later" if BREAKS in verdicts[end:] else ""
    return f"{said}, until month {end - 1}{again}" if end < len(verdicts) else said


def tiers(forecast: Forecast) -> list[str]:
    return [f"month {t.month}: {t.item} of {t.component}: {t.words}" for t in forecast.tiers] or ["none"]


def _object(forecast: Forecast) -> dict[str, Any]:
    return {
        "pattern": forecast.model.pattern.name,
        "scenario": forecast.model.scenario.name,
        "growth": forecast.growth.words,
        "rate_card": forecast.model.card.name,
        "quotas": forecast.sheet.name,
        "region": forecast.model.card.region,
        "headroom": forecast.headroom,
        "months": [
            {
                "month": month,
                "times": forecast.growth.times[month],
                "records_per_second": forecast.records_per_second[month],
                "total": forecast.totals[month],
                "services": {service: costs[month] for service, costs in forecast.by_service.items()},
            }
            for month in forecast.months
        ],
        "limits": [
            {
                "components": list(trend.check.components),
                "item": trend.check.item,
                "unit": trend.check.unit,
                "quota": trend.check.quota.key if trend.check.quota else None,
                "tight_in": trend.first(TIGHT, forecast.headroom),
                "breaks_in": trend.first(BREAKS, forecast.headroom),
                "breaks_between": list(trend.breaks_between) if trend.chances else None,
                "chances": list(trend.chances) or None,
                "utilisation": [used if used != math.inf else None for used in trend.utilisations],
            }
            for trend in forecast.trends
        ],
        "ranges": {each.asked: each.text for each in forecast.uncertain},
        "tiers": [tier._asdict() for tier in forecast.tiers],
        "notes": notes(forecast),
    }


def _json(forecasts: list[Forecast], width: int) -> str:
    objects = [_object(forecast) for forecast in forecasts]
    return json_format.dumps(objects[0] if len(objects) == 1 else objects, indent=2, ensure_ascii=False) + "\n"


def _csv(forecasts: list[Forecast], width: int) -> str:
    """A row for each month: the cost in all and of each service, the utilisation of each limit."""
    import csv
    import io

    columns = list(dict.fromkeys(column for forecast in forecasts for column in _columns(forecast)))
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(map(as_text, columns))
    for forecast in forecasts:
        of = _columns(forecast)
        for month in forecast.months:
            writer.writerow(as_text(of[column][month]) if column in of else "" for column in columns)
    return file.getvalue()


def _columns(forecast: Forecast) -> dict[str, list[Any]]:
    """By its heading, what each month has."""
    months = len(forecast.months)
    return {
        "pattern": [forecast.model.pattern.name] * months,
        "scenario": [forecast.model.scenario.name] * months,
        "month": [*forecast.months],
        "times": [*forecast.growth.times],
        "records_per_second": [*forecast.records_per_second],
        "total": [*forecast.totals],
        **{service: [*costs] for service, costs in forecast.by_service.items()},
        **{what(trend.check): ["" if share == math.inf else share for share in trend.utilisations] for trend in forecast.trends},
    }


def _markdown(forecasts: list[Forecast], width: int) -> str:
    parts = []
    for forecast in forecasts:
        rows = [[plain(cell) for cell in _row(forecast, month)] for month in shown_months(forecast)]
        parts += [
            f"## {plain(_headline(forecast))}",
            plain(_context(forecast)),
            "\n".join(markdown_table(_TITLES, rows, figures=1)),
        ]
        for title, said in (("What gives way", events(forecast)), ("Tiers reached", tiers(forecast))):
            parts.append("\n".join([f"### {title}", "", *(f"- {plain(words)}" for words in said)]))
        parts += [plain(note) for note in notes(forecast)]
    return "\n\n".join(parts) + "\n"


FORMATS: dict[str, Callable[[list[Forecast], int], str]] = {"table": _table, "csv": _csv, "json": _json, "markdown": _markdown}
