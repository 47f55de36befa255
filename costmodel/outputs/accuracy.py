"""How many published figures are reproduced: a table by case, or a case line by line."""

import json as json_format
from collections.abc import Callable, Iterable

from costmodel.outputs.grid import Column, lines, widths, wrapped
from costmodel.outputs.markdown import bold, plain, table as markdown_table
from costmodel.outputs.words import exact
from costmodel.published.accuracy import Accuracy, Figure, totals
from costmodel.published.cases import DIFFERS, REPRODUCED, VERDICTS

_MEANINGS = {
    "reproduced": "to the last digit printed",
    "corrected": "the publication's own arithmetic is wrong; ours is the right figure",
    "differs": "what it says of its inputs comes to another figure",
    "not modelled": "of services and features that costmodel does not have",
    "not recomputable": "it does not give the inputs",
}


def render(form: str, found: list[Accuracy], by_line: bool, width: int) -> str:
    """In one of FORMATS. `by_line` shows the cases line by line where the format has a shorter way."""
    return FORMATS[form](found, by_line, max(80, min(width, 120)))


def _table(found: list[Accuracy], by_line: bool, width: int) -> str:
    parts = [_case(accuracy, width) for accuracy in found] if by_line else [_overview(found, width)]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _overview(found: list[Accuracy], width: int) -> list[str]:
    shown, left_out = _estimated(found)
    columns = [Column("Case", 10), Column("Published", 32), Column("Reproduced", 10, True), Column("The rest", 16)]
    rows = [[a.case.id, a.case.title, f"{a.count(REPRODUCED)} of {len(a.figures)}", _rest(a)] for a in shown]
    sizes = widths(columns, rows, width)
    text = [*lines([column.title for column in columns], columns, sizes), "-" * width]
    for row in rows:
        text += lines(row, columns, sizes)
    return [*text, "-" * width, *_sums(found, width), *_without_estimate(left_out, width), *_differing(found, width)]


def _estimated(found: list[Accuracy]) -> tuple[list[Accuracy], list[Accuracy]]:
    """The cases with a figure of ours, and those without any."""
    left_out = [accuracy for accuracy in found if not any(figure.ours for figure in accuracy.figures)]
    return [accuracy for accuracy in found if accuracy not in left_out], left_out


def _rest(accuracy: Accuracy) -> str:
    return ", ".join(_counted(count, verdict) for verdict in VERDICTS[1:] if (count := accuracy.count(verdict)))


def _counted(count: int, verdict: str) -> str:
    """ "1 differs", "4 differ", "12 not modelled"."""
    return f"{count:,} {'differ' if verdict == DIFFERS and count > 1 else verdict}"


def _sums(found: list[Accuracy], width: int) -> list[str]:
    of = totals(found)
    columns = [Column("", 5, True), Column("", 20)]
    rows = [f"{sum(of.values()):,} published figures of {len(found)} cases", *_meanings(of)]
    return [line for row in rows for line in lines([*row.split(" ", 1)], columns, [5, width - 7])]


def _meanings(of: dict[str, int]) -> list[str]:
    return [f"{_counted(count, verdict)}: {_MEANINGS[verdict]}" for verdict, count in of.items() if count]


def _without_estimate(left_out: list[Accuracy], width: int) -> list[str]:
    words = f"Cases without any estimate: {', '.join(accuracy.case.id for accuracy in left_out)}."
    return ["", *wrapped(words, width)] if left_out else []


def _differing(found: list[Accuracy], width: int) -> list[str]:
    """The figures that differ, each with its reason."""
    text: list[str] = []
    for accuracy in found:
        for figure in accuracy.figures:
            if figure.verdict == DIFFERS:
                first, *rest = wrapped(f"{accuracy.case.id} {_sentence(figure)}", width, width - 2)
                text += [first, *("  " + line for line in rest)]
    return ["", "Where we differ:", *text] if text else []


def _sentence(figure: Figure) -> str:
    reason = figure.reason if figure.holds else "not as the case says"
    return f"{_name(figure)}: {_said(figure.printed)} printed, {_said(figure.ours)} here; {reason}"


def _said(figure: str) -> str:
    """A figure with its thousands separated."""
    whole, point, decimals = figure.lstrip("$").replace(",", "").partition(".")
    return f"{'$' * figure.startswith('$')}{int(whole):,}{point}{decimals}"


def _case(accuracy: Accuracy, width: int) -> list[str]:
    case = accuracy.case
    text = wrapped(f"{case.id}: {case.title} ({case.publisher}, {case.date})", width)
    text += [case.url, ""]
    columns = [
        Column("", 20),
        Column("Printed", 8, True),
        Column("Ours", 8, True),
        Column("Difference", 10, True),
        Column("", 12),
    ]
    rows = [_row(figure) for figure in accuracy.figures]
    sizes = widths(columns, [["  " + row[0], *row[1:]] for row in rows], width)
    text += [*lines([column.title for column in columns], columns, sizes), "-" * width]
    part = ""
    for figure, row in zip(accuracy.figures, rows, strict=True):
        if figure.part and figure.part != part:
            text += wrapped(figure.part, width)
        part = figure.part
        text += lines(row, columns, sizes, indent=2 if part else 0)
    reasons = _reasons(accuracy)
    return [*text, *["-" * width] * bool(reasons), *(line for reason in reasons for line in wrapped(reason, width, width))]


def _reasons(accuracy: Accuracy) -> list[str]:
    """Why figures differ, each for itself; why lines are left out, each reason once."""
    estimated = [f"{_name(figure)}: {figure.reason}." for figure in accuracy.figures if figure.ours and figure.reason]
    left_out: dict[str, list[str]] = {}
    for figure in accuracy.figures:
        if not figure.ours and figure.reason not in left_out.setdefault(figure.verdict, []):
            left_out[figure.verdict].append(figure.reason)
    return [*estimated, *(f"{verdict.capitalize()}: {'; '.join(reasons)}." for verdict, reasons in left_out.items())]


def _name(figure: Figure) -> str:
    return f"{figure.part}, {figure.what}" if figure.part else figure.what


def _row(figure: Figure) -> list[str]:
    return [figure.what, _said(figure.printed), _ours(figure), _difference(figure), figure.verdict]


def _ours(figure: Figure) -> str:
    """Ours unrounded, so that one sees what was rounded; but no shorter than rounded."""
    if not figure.ours:
        return ""
    unrounded = "" if figure.value is None else f"{'$' * figure.printed.startswith('$')}{exact(figure.value, 9)}"
    return max(_said(figure.ours), unrounded, key=len)


def _difference(figure: Figure) -> str:
    return "" if figure.difference is None else f"{figure.difference:+,f}"


def _markdown(found: list[Accuracy], by_line: bool, width: int) -> str:
    if by_line:
        return "\n\n".join("\n".join(_markdown_case(accuracy)) for accuracy in found) + "\n"
    rows = [[a.case.id, plain(a.case.title), plain(_rest(a)), f"{len(a.figures):,}", f"{a.count(REPRODUCED):,}"] for a in found]
    of = totals(found)
    rows.append(bold(["Total", f"{len(found)} cases", "", f"{sum(of.values()):,}", f"{of[REPRODUCED]:,}"]))
    text = markdown_table(["Case", "Published", "The rest", "Figures", "Reproduced"], rows, figures=2)
    notes = _meanings(of)
    notes += [f"{a.case.id} {_sentence(figure)}" for a in found for figure in a.figures if figure.verdict == DIFFERS]
    return "\n".join([*text, *_listed(notes)]) + "\n"


def _markdown_case(accuracy: Accuracy) -> list[str]:
    case = accuracy.case
    rows = [[plain(cells[0]), plain(cells[4]), *cells[1:4]] for cells in map(_row, accuracy.figures)]
    return [
        f"## {plain(f'{case.id}: {case.title}')}",
        "",
        plain(f"{case.publisher}, {case.date}, {case.url}"),
        "",
        *markdown_table(["Line", "Verdict", "Printed", "Ours", "Difference"], rows, figures=3),
        *_listed(_reasons(accuracy)),
    ]


def _listed(texts: Iterable[str]) -> list[str]:
    return ["", *(f"- {plain(text)}" for text in dict.fromkeys(texts))]


def _json(found: list[Accuracy], by_line: bool, width: int) -> str:
    objects = [
        {
            **{key: getattr(accuracy.case, name) for key, name in _CASE_KEYS.items()},
            "verdicts": {verdict: accuracy.count(verdict) for verdict in VERDICTS},
            "figures": [
                {
                    **{key: getattr(figure, key) for key in ("part", "what", "printed", "verdict", "reason")},
                    "ours": figure.ours or None,
                    "unrounded": figure.value,
                }
                for figure in accuracy.figures
            ],
        }
        for accuracy in found
    ]
    return json_format.dumps(objects, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


_CASE_KEYS = {"case": "id", "title": "title", "publisher": "publisher", "url": "url", "date": "date"}
FORMATS: dict[str, Callable[[list[Accuracy], bool, int], str]] = {"table": _table, "markdown": _markdown, "json": _json}
