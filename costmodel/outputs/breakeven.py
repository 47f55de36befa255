"""Where the cheaper of several estimates changes, as a table or JSON."""

import json as json_format
from collections.abc import Callable

from costmodel.outputs.grid import Column, lines, widths, wrapped
from costmodel.outputs.words import exact, money
from costmodel.whatif.breakeven import BreakEven

DIGITS = 6


def render(form: str, found: BreakEven, width: int) -> str:
    """In one of FORMATS."""
    return FORMATS[form](found, max(80, min(width, 140)))


def _table(found: BreakEven, width: int) -> str:
    heads = ["From", "To", "Cheapest", "Costs a month there"]
    columns = [Column(heads[0], 8, True), Column(heads[1], 8, True), Column(heads[2], 16), Column(heads[3], 12)]
    rows = [[_said(found, start), _said(found, end), found.names[n], span] for start, end, n, span in _stretches(found)]
    sizes = widths(columns, [heads, *rows], width)
    cards = ", ".join(dict.fromkeys(model.card.name for model in found.models))
    text = [*wrapped(f"{' or '.join(found.names)}: which is cheaper, by {found.of.path}", width)]
    text += [*wrapped(f"prices {cards} · {found.models[0].card.currency} a month, before tax", width), ""]
    text += [*lines(heads, columns, sizes), "-" * (sum(sizes) + 2 * (len(sizes) - 1))]
    for row in rows:
        text += lines(row, columns, sizes)
    return "\n".join([*text, "", *(line for words in sentences(found) for line in wrapped(words, width))]) + "\n"


def _stretches(found: BreakEven) -> list[tuple[float, float, int, str]]:
    """(from, to, the cheapest, its cost at both ends)."""
    starts = [found.values[0], *(crossing.at for crossing in found.crossings)]
    ends = [*(crossing.at for crossing in found.crossings), found.values[-1]]
    cheapest = [found.first, *(crossing.cheaper for crossing in found.crossings)]
    costs = [found.totals[found.first][0], *(crossing.total for crossing in found.crossings), found.totals[cheapest[-1]][-1]]
    return [
        (start, end, n, f"{money(costs[at])} to {money(costs[at + 1])}")
        for at, (start, end, n) in enumerate(zip(starts, ends, cheapest, strict=True))
    ]


def _said(found: BreakEven, value: float) -> str:
    return f"{exact(value, DIGITS)}{found.of.suffix}"


def sentences(found: BreakEven) -> list[str]:
    """Each change in words."""
    if not found.crossings:
        return [f"{found.names[found.first]} is cheapest all the way."]
    return [
        f"From {_said(found, crossing.at)} on {found.names[crossing.cheaper]} is cheaper than "
        f"{found.names[crossing.dearer]}, at {money(crossing.total)} a month."
        for crossing in found.crossings
    ]


def _json(found: BreakEven, width: int) -> str:
    data = {
        "names": list(found.names),
        "input": found.of.path,
        "unit": found.of.suffix.strip(),
        "from": found.values[0],
        "to": found.values[-1],
        "cheapest_at_first": found.names[found.first],
        "crossings": [
            {
                "at": crossing.at,
                "cheaper": found.names[crossing.cheaper],
                "dearer": found.names[crossing.dearer],
                "total": crossing.total,
            }
            for crossing in found.crossings
        ],
    }
    return json_format.dumps(data, indent=2, ensure_ascii=False) + "\n"


FORMATS: dict[str, Callable[[BreakEven, int], str]] = {"table": _table, "json": _json}
