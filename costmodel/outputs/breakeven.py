"""Where the cheaper of several estimates changes, as a table or JSON."""

import json as json_format
from collections.abc import Callable

from costmodel.outputs.grid import Column, lines, widths, wrapped
from costmodel.outputs.words import exact, money
from costmodel.whatif.breakeven import BreakEven, Crossing

DIGITS, ALL_DIGITS = 6, 17
ROWS = 24  # of the table; JSON has all
SENTENCES = 6


def render(form: str, found: BreakEven, width: int) -> str:
    """In one of FORMATS."""
    return FORMATS[form](found, max(80, min(width, 140)))


def _table(found: BreakEven, width: int) -> str:
    heads = ["From", "To", "Cheapest", "Costs a month there"]
    columns = [Column(heads[0], 8, True), Column(heads[1], 8, True), Column(heads[2], 16), Column(heads[3], 12)]
    rows = _rows(found)
    sizes = widths(columns, [heads, *rows[:ROWS]], width)
    cards = ", ".join(dict.fromkeys(model.card.name for model in found.models))
    text = [*wrapped(f"{' or '.join(found.names)}: which is cheaper, by {found.of.path}", width)]
    text += [*wrapped(f"prices {cards} · {found.models[0].card.currency} a month, before tax", width), ""]
    text += [*lines(heads, columns, sizes), "-" * (sum(sizes) + 2 * (len(sizes) - 1))]
    for row in rows[:ROWS]:
        text += lines(row, columns, sizes)
    if len(rows) > ROWS:
        text += [f"... and {len(rows) - ROWS:,} more; --format json has all of them"]
    return "\n".join([*text, "", *(line for words in sentences(found) for line in wrapped(words, width))]) + "\n"


def _rows(found: BreakEven) -> list[list[str]]:
    """From, to, the cheapest and its costs at both ends, for each stretch of one cheapest."""
    said = _words_of(found)
    cheapest = [found.first, *(crossing.cheaper for crossing in found.crossings)]
    starts = [found.totals[found.first][0], *(crossing.total for crossing in found.crossings)]
    ends = [*(crossing.before for crossing in found.crossings), found.totals[cheapest[-1]][-1]]
    return [
        [said[at], said[at + 1], found.names[n], f"{money(start)} to {money(end)}"]
        for at, (n, start, end) in enumerate(zip(cheapest, starts, ends, strict=True))
    ]


def _words_of(found: BreakEven) -> list[str]:
    """The first value, those at which the cheapest changes, and the last, in as many digits as tell them apart."""
    values = [found.values[0], *(crossing.at for crossing in found.crossings), found.values[-1]]
    for digits in range(DIGITS, ALL_DIGITS):
        said = [f"{exact(value, digits)}{found.of.suffix}" for value in values]
        if len(set(said)) == len(set(values)):
            return said
    return [f"{value!r}{found.of.suffix}" for value in values]


def sentences(found: BreakEven) -> list[str]:
    """Each change in words, or how many there are; and what was not looked at."""
    _, *said, _ = _words_of(found)
    if not said:
        text = [f"{found.names[found.first]} is cheapest all the way."]
    elif len(said) > SENTENCES:
        text = [f"The cheapest changes {len(said):,} times, first at {said[0]} and last at {said[-1]}."]
    else:
        text = [_sentence(found, crossing, at) for crossing, at in zip(found.crossings, said, strict=True)]
    return text if found.complete else [*text, _not_looked_at(found)]


def _sentence(found: BreakEven, crossing: Crossing, at: str) -> str:
    cheaper, dearer, cost = found.names[crossing.cheaper], found.names[crossing.dearer], money(crossing.total)
    return f"From {at} on {cheaper} is cheaper than {dearer}, at {cost} a month."


def _not_looked_at(found: BreakEven) -> str:
    return (
        "This stretch has more steps, of rounding up and of tiers, than are looked at one by one: "
        f"{len(found.values):,} values are compared, and what changes and changes back between two of them is not found. "
        "A shorter stretch finds it."
    )


def _json(found: BreakEven, width: int) -> str:
    data = {
        "names": list(found.names),
        "input": found.of.path,
        "unit": found.of.suffix.strip(),
        "from": found.values[0],
        "to": found.values[-1],
        "complete": found.complete,
        "cheapest_at_first": found.names[found.first],
        "crossings": [
            {
                "at": crossing.at,
                "cheaper": found.names[crossing.cheaper],
                "dearer": found.names[crossing.dearer],
                "total": crossing.total,
                "total_before": crossing.before,
            }
            for crossing in found.crossings
        ],
    }
    return json_format.dumps(data, indent=2, ensure_ascii=False) + "\n"


FORMATS: dict[str, Callable[[BreakEven, int], str]] = {"table": _table, "json": _json}
