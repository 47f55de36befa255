"""Which inputs move the bill, as a table, CSV, JSON or Markdown."""

import csv as csv_format
import io
import json as json_format
from collections.abc import Callable

from costmodel.outputs.grid import Column, lines, widths, wrapped
from costmodel.outputs.markdown import plain, table as markdown_table
from costmodel.outputs.spreadsheets import as_text
from costmodel.outputs.words import exact, money, number
from costmodel.whatif.sensitivity import Sensitivity, Share, Swing

DIGITS = 6
_TITLES = ["Input", "From", "To", "Costs", "Elasticity"]
_COLUMNS = [Column("Input", 20), *(Column(title, 6, True) for title in _TITLES[1:])]
_SHARES = ["Uncertain input", "Distribution", "By itself", "In all"]
_OF_VARIANCE = [
    Column("Uncertain input", 20),
    Column("Distribution", 16),
    Column("By itself", 6, True),
    Column("In all", 6, True),
]
VARIANCE = (
    "Shares of the variance of the bill that an uncertain input is behind, by itself and together with others (Sobol indices, "
    "first-order and total)."
)
CORRELATED = (
    "The uncertain inputs are correlated: what one of them is behind cannot be told from the others' share of the variance."
)


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
    text += ["", *wrapped(note if rows else "No input that varies changes the bill.", width)]
    return "\n".join([*text, *_variance(found, width)]) + "\n"


def _variance(found: Sensitivity, width: int) -> list[str]:
    """What is uncertain, and its shares of the variance."""
    if found.are_correlated:
        return ["", *wrapped(CORRELATED, width)]
    if not found.shares:
        return []
    rows = [_of_variance(share) for share in found.shares]
    sizes = widths(_OF_VARIANCE, [_SHARES, *rows], width)
    text = ["", *lines(_SHARES, _OF_VARIANCE, sizes), "-" * (sum(sizes) + 2 * (len(sizes) - 1))]
    for row in rows:
        text += lines(row, _OF_VARIANCE, sizes)
    return [*text, "", *wrapped(VARIANCE, width)]


def _of_variance(share: Share) -> list[str]:
    return [share.asked, share.text, *(f"{number(max(value, 0) * 100, 1)}%" for value in (share.first, share.total))]


def _row(swing: Swing) -> list[str]:
    ends = [f"{exact(value, DIGITS)}{swing.of.suffix}" for value in (swing.low, swing.high)]
    elasticity = "-" if swing.elasticity is None else number(swing.elasticity, 2)
    return [swing.of.path, *ends, f"{money(swing.at_low)} to {money(swing.at_high)}", elasticity]


def _markdown(found: Sensitivity, width: int) -> str:
    rows = [[plain(cell) for cell in _row(swing)] for swing in found.swings]
    head = f"## {plain(found.model.pattern.title)} · {plain(found.model.scenario.title)}: {money(found.total)} a month"
    text = [head, "", *markdown_table(_TITLES, rows, figures=4)]
    if found.are_correlated:
        text += ["", CORRELATED]
    if found.shares:
        shares = [[plain(cell) for cell in _of_variance(share)] for share in found.shares]
        text += ["", *markdown_table(_SHARES, shares, figures=2), "", VARIANCE]
    return "\n".join(text) + "\n"


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
        "variance": [share._asdict() for share in found.shares],
        "inputs_are_correlated": found.are_correlated,
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
