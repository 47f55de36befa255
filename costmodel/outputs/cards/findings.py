"""What is to be said against rate cards: a row for each card, then the findings with the cards that share them."""

from collections.abc import Iterator, Sequence

from costmodel.cards.findings import (
    MISPLACED,
    MISSING_FACT,
    MISSING_PRICE,
    NOT_LISTED,
    OF_ANOTHER_REGION,
    OLD,
    RISING,
    SILENT,
    UNSURE,
    Checked,
    Shared,
    together,
)
from costmodel.outputs.grid import Column, lines, widths, wrapped
from costmodel.outputs.words import count_of

_TITLES = {
    MISSING_PRICE: "Prices that are missing, of services that have others",
    NOT_LISTED: "Prices that are not in AWS's price lists, of services that have others",
    SILENT: "Services that are neither priced nor said to be not offered",
    MISSING_FACT: "Facts that are missing",
    UNSURE: "Prices whose confidence is not high",
    RISING: "Prices that rise with volume",
    OLD: "Cards that are over a year old",
    MISPLACED: "Cards that are not what their place says",
    OF_ANOTHER_REGION: "Prices of another region",
}
_COLUMNS = [
    Column("", 20),
    *(Column(title, 6, right=True) for title in ("prices", "services", "no code", "no date", "as of", "days")),
]
_WIDEST = 160


def render(checked: Sequence[Checked], width: int = 80) -> str:
    width = max(80, min(width, _WIDEST))
    rows = [_row(name, one) for name, one in zip(_names(checked), checked, strict=True)]
    sizes = widths(_COLUMNS, rows, width)
    text = lines([column.title for column in _COLUMNS], _COLUMNS, sizes)
    text.append("-" * (sum(sizes) + 2 * (len(sizes) - 1)))
    text += [line for row in rows for line in lines(row, _COLUMNS, sizes)]
    found = together(checked)
    for what, title in _TITLES.items():
        of_kind = [shared for shared in found if shared.what == what]
        if of_kind:
            text += ["", title, *(line for shared in of_kind for line in _indented(_words(shared, checked), width))]
    return "\n".join(text if found else [*text, "", "Nothing is missing or unsure."]) + "\n"


def _row(name: str, one: Checked) -> list[str]:
    figures = one.prices, one.services, one.without_code, one.unpublished
    return [name, *map(str, figures), one.card.as_of, str(one.days)]


def _words(shared: Shared, checked: Sequence[Checked]) -> str:
    """ "firehose: iceberg, vpc_hours", and where several cards are checked, in which of them it is so."""
    items = (f"{shared.service}: " if shared.service else "") + ", ".join(shared.items)
    return items if len(checked) == 1 else f"{items} - in {_where(shared.cards, checked)}"


def _where(cards: Sequence[int], checked: Sequence[Checked]) -> str:
    """The names of these of the cards; of most of them, those that are not."""
    names = _short_names(checked)
    others = [name for place, name in enumerate(names) if place not in cards]
    if not others:
        return f"all {len(checked)}"
    return f"all but {', '.join(others)}" if len(others) < len(cards) else ", ".join(names[place] for place in cards)


def _names(checked: Sequence[Checked]) -> list[str]:
    """What the cards are called; files of the same name by their paths."""
    names = [one.card.name for one in checked]
    return [one.card.place if names.count(one.card.name) > 1 else one.card.name for one in checked]


def _short_names(checked: Sequence[Checked]) -> list[str]:
    """The cards by their regions, where these tell them apart."""
    regions = [one.card.region for one in checked]
    return regions if len({*regions}) == len(regions) else _names(checked)


def _indented(text: str, width: int) -> Iterator[str]:
    first, *rest = wrapped(text, width - 2, width - 4)
    yield f"  {first}"
    yield from (f"    {line}" for line in rest)


def failures(checked: Sequence[Checked]) -> list[str]:
    """What a check fails on, a line for each card."""
    named = zip(_names(checked), checked, strict=True)
    return [f"check failed: {name} {' and '.join(_reasons(one))}" for name, one in named if one.fails()]


def _reasons(one: Checked) -> Iterator[str]:
    whats = {finding.what for finding in one.findings}
    missing = sum(finding.what == MISSING_PRICE for finding in one.findings)
    if missing:
        yield f"lacks {count_of(missing, 'price')} of services that it has"
    if OLD in whats:
        yield f"is {one.days} days old"
    if MISPLACED in whats:
        yield "is not what its place says"
    if OF_ANOTHER_REGION in whats:
        yield "has prices of another region"
