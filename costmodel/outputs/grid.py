"""Text in columns: cells wrap at spaces, columns share the width there is."""

from typing import NamedTuple


class Column(NamedTuple):
    """`share` of the width left over goes to it; `right` aligns numbers."""

    title: str
    least: int
    right: bool = False


GAP = 2


def wrapped(text: str, width: int, following: int | None = None) -> list[str]:
    """Lines of at most `width` characters (`following` for all but the first), broken at spaces.

    A longer word is cut, after an underscore if it has one.
    """
    lines, line, room = [], "", width
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > room:
            lines.append(line)
            line, room = "", following or width
        while len(word) > room and not line:
            at = word.rfind("_", 0, room) + 1 or room
            lines.append(word[:at])
            word, room = word[at:], following or width
        line = f"{line} {word}" if line else word
    return [*lines, line]


def widths(columns: list[Column], rows: list[list[str]], width: int) -> list[int]:
    """What each column gets: what its cells need, shrunk from the widest down to its least; figures are never cut."""
    need = [max([len(column.title), *(len(row[n]) for row in rows)]) for n, column in enumerate(columns)]
    need[0] = max(need[0], columns[0].least)
    spare = width - GAP * (len(columns) - 1)
    while sum(need) > spare:
        shrinkable = [n for n, column in enumerate(columns) if need[n] > column.least and not column.right]
        if not shrinkable:
            break
        need[max(shrinkable, key=lambda n: need[n])] -= 1
    return need


def lines(cells: list[str], columns: list[Column], sizes: list[int], indent: int = 0) -> list[str]:
    """One row, as many lines as its longest cell needs; continued first cells are indented."""
    parts = [_cell(cell, size, indent if n == 0 else 0) for n, (cell, size) in enumerate(zip(cells, sizes, strict=True))]
    height = max(map(len, parts))
    padded = [part + [""] * (height - len(part)) for part in parts]
    rows = []
    for at in range(height):
        texts = [
            text[at].rjust(size) if column.right else text[at].ljust(size)
            for text, size, column in zip(padded, sizes, columns, strict=True)
        ]
        rows.append((" " * GAP).join(texts).rstrip())
    return rows


def _cell(cell: str, size: int, indent: int) -> list[str]:
    first, *rest = wrapped(cell, size - indent, size - indent - 2)
    return [" " * indent + first, *(" " * (indent + 2) + line for line in rest)]
