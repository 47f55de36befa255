"""Which inputs move the bill, as a table, CSV, JSON or Markdown."""

import csv as csv_format
import io
import json as json_format
from collections.abc import Callable

from costmodel.outputs.grid import Column, lines, widths, wrapped
from costmodel.outputs.markdown import plain, table as markdown_table
from costmodel.outputs.spreadsheets import as_text
from costmodel.outputs.words import exact, money, number
from costmodel.whatif.sensitivity import Sensitivity, Swing

DIGITS = 6
_TITLES = ["Input", "From", "To", "Costs", "Elasticity"]
_COLUMNS = [Column("Input", 20), *(Column(title, 6, True) for title in _TITLES[1:])]


def render(form: str, found: Sensitivity, top: int, width: int) -> str:
    """In one of FORMATS; the `top` widest."""
    return FORMATS[form](found._replace(swings=found.swings[:top]), max(80, min(width, 140)))


def _table(found: Sensitivity, width: int) -> str:
    rows = [_row(swing) for swing in found.swings]
    sizes = widths(_COLUMNS, [_TITLES, *rows], width)
    model = found.model
    text = [*wrapped(f"{model.pattern.title} · {model.scenario.title}: {money(found.total)} a month", width)]
    text += [*wrapped(f"prices {model.card.name} · {model.card.currency}, before tax", width), ""]
    text += [*lines(_TITLES, _COLUMNS, sizes), "-" * (sum(sizes) + 2 * (len(sizes) - 1))]
    for row in rows:
        text += lines(row, _COLUMNS, sizes)
    note = "Each input by itself; elasticity: by how many percent the bill changes where the input changes by one."
    return "\n".join([*text, "", *wrapped(note if rows else "No input that varies changes the bill.", width)]) + "\n"


def _row(swing: Swing) -> list[str]:
    ends = [f"{exact(value, DIGITS)}{swing.of.suffix}" for value in (swing.low, swing.high)]
    elasticity = "-" if swing.elasticity is None else number(swing.elasticity, 2)
    return [swing.of.path, *ends, f"{money(swing.at_low)} to {money(swing.at_high)}", elasticity]


def _markdown(found: Sensitivity, width: int) -> str:
    rows = [[plain(cell) for cell in _row(swing)] for swing in found.swings]
    head = f"## {plain(found.model.pattern.title)} · {plain(found.model.scenario.title)}: {money(found.total)} a month"
    return "\n".join([head, "", *markdown_table(_TITLES, rows, figures=4)]) + "\n"


def _json(found: Sensitivity, width: int) -> str:
    data = {
        "pattern": found.model.pattern.name,
        "scenario": found.model.scenario.name,
        "rate_card": found.model.card.name,
        "total": found.total,
        "inputs": [
            {
                "path": swing.of.path,
                "unit": swing.of.suffix.strip(),
                "low": swing.low,
                "high": swing.high,
                "at_low": swing.at_low,
                "at_high": swing.at_high,
                "elasticity": swing.elasticity,
            }
            for swing in found.swings
        ],
    }
    return json_format.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _csv(found: Sensitivity, width: int) -> str:
    file = io.StringIO()
    writer = csv_format.writer(file, lineterminator="\n")
    writer.writerow(["input", "unit", "low", "high", "at_low", "at_high", "elasticity"])
    for swing in found.swings:
        cells = [swing.of.path, swing.of.suffix.strip(), swing.low, swing.high, swing.at_low, swing.at_high, swing.elasticity]
        writer.writerow(map(as_text, cells))
    return file.getvalue()


FORMATS: dict[str, Callable[[Sensitivity, int], str]] = {"table": _table, "csv": _csv, "json": _json, "markdown": _markdown}
