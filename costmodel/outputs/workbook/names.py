"""Names that spreadsheets accept: of cells, and of sheets."""

import re
from collections.abc import Iterable

_CELL_LIKE = re.compile(r"[A-Za-z]{1,3}[0-9]+|[rR][0-9]*([cC][0-9]*)?|[cC][0-9]*")
_LONGEST_NAME, _LONGEST_SHEET = 200, 31


def defined_names(keys: Iterable[str]) -> dict[str, str]:
    """A name for each key, unlike any other: letters, digits, underscores and points, nothing that looks like a cell."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for key in keys:
        plain = re.sub(r"[^A-Za-z0-9_.]+", "_", key)[:_LONGEST_NAME]
        if not re.match(r"[A-Za-z_]", plain) or _CELL_LIKE.fullmatch(plain):
            plain = f"_{plain}"
        names[key] = _unlike(plain, taken)
    return names


def sheet_names(titles: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """A sheet's name for each title: at most 31 characters, none of []:*?/\\, no apostrophe at its ends, none twice."""
    used = {name.lower() for name in (*taken, "history")}
    names = []
    for title in titles:
        plain = " ".join(re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", title).split())
        plain = plain[: _LONGEST_SHEET - 4].strip(" '") or "Pattern"
        names.append(_unlike(plain, used))
    return names


def _unlike(plain: str, taken: set[str]) -> str:
    """`plain`, numbered where another has it; spreadsheets do not tell capitals from small letters."""
    name, number = plain, 2
    while name.lower() in taken:
        name, number = f"{plain}_{number}", number + 1
    taken.add(name.lower())
    return name


def in_sheet(sheet: str, cell: str) -> str:
    """A cell of another sheet, for a formula."""
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!{cell}"


def column_name(column: int) -> str:
    """The letters of a column, counted from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def cell(row: int, column: int, fixed: bool = False) -> str:
    """A cell's address, row and column counted from 0."""
    return f"${column_name(column)}${row + 1}" if fixed else f"{column_name(column)}{row + 1}"
