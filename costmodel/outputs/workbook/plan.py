"""The sheet of the plan: every load at peak against its limit, how much of it is used and whether that holds."""

from typing import Any, NamedTuple

from costmodel.book import Page
from costmodel.capacity.checks import BREAKS, HOLDS, ROUNDING, TIGHT, VERDICTS, Check, judged, utilisation, without_limit
from costmodel.capacity.quotas import ACCOUNT
from costmodel.outputs.limits import lowered, name
from costmodel.outputs.workbook.amounts import number
from costmodel.outputs.workbook.blocks import merged
from costmodel.outputs.workbook.formats import BORNE, USED, of_input
from costmodel.outputs.workbook.limits import Limit
from costmodel.outputs.workbook.names import cell, in_sheet
from costmodel.outputs.workbook.pattern import Figures
from costmodel.outputs.workbook.sheets import HEADROOM, Sheets, set_up

SHEET = "Plan"
_HEADROOM, _BAND, _HEAD, _TOP = 2, 4, 5, 6  # rows
_LEFT = 2  # where the blocks of scenarios begin: after what is compared and its unit
_COLUMNS = {"Load at peak": 13, "Limit": 13, "Used": 15, "Verdict": 9}  # of a block, with their widths
_LOAD, _LIMIT, _USED, _VERDICT = range(4)
_WIDTH = len(_COLUMNS) + 1  # with a narrow one between two blocks


class Said(NamedTuple):
    """What another sheet says of an estimate's limits: a formula, and its words."""

    formula: str
    words: str


class _Row(NamedTuple):
    """A row of the plan, the same for every scenario."""

    group: str
    words: str
    unit: str
    quota: str


class _Plan(NamedTuple):
    """The sheet while it is written. `left` has the first column of each scenario's block, by its title."""

    sheet: Any
    sheets: Sheets
    left: dict[str, int]
    headroom: float

    @property
    def last(self) -> int:
        """The column that says where a limit is from."""
        return _LEFT + _WIDTH * len(self.left)

    def text(self, row: int, column: int, words: str, style: str) -> None:
        self.sheet.write_string(row, column, words, self.sheets.formats(style))

    def across(self, row: int, style: str) -> None:
        for column in range(self.last + 1):
            self.sheet.write_blank(row, column, None, self.sheets.formats(style))

    def formula(self, row: int, column: int, text: str, value: object, number: str = "", style: str = "number") -> None:
        self.sheet.write_formula(row, column, f"={text}", self.sheets.formats(style, number), value)


def write(sheet: Any, sheets: Sheets, figures: list[Figures], headroom: float) -> dict[int, Said]:
    """Writes the sheet; gives what is said of each estimate that has limits, by its number in `figures`."""
    titles = dict.fromkeys(estimate.title for estimate in figures)
    plan = _Plan(sheet, sheets, {title: _LEFT + _WIDTH * n for n, title in enumerate(titles)}, headroom)
    _write_top(plan, [estimate.page for estimate in figures])
    row, said = _TOP, {}
    for label in sheets.of_pattern:
        of_pattern = {n: estimate for n, estimate in enumerate(figures) if estimate.page.pattern == label}
        last = _write_pattern(plan, row, [*of_pattern.values()])
        for n, estimate in of_pattern.items():
            if estimate.limits:
                said[n] = _write_count(plan, row, last, estimate)
        row = last + 2
    _finish(plan, row)
    return said


# Headings


def _write_top(plan: _Plan, pages: list[Page]) -> None:
    sheet, formats = plan.sheet, plan.sheets.formats
    plan.text(0, 0, "Plan: does it hold at the peak?", "title")
    quotas = dict.fromkeys(
        f"{page.model.sheet.name} of {page.model.sheet.as_of} in {page.model.card.region}" for page in pages if page.model.sheet
    )
    words = f"Quotas {'; '.join(quotas)}: AWS's defaults unless they are yours. They are blue cells on Inputs. Amounts in KB."
    plan.text(1, 0, words, "subtitle")
    _write_headroom(plan)
    for column in range(plan.last + 1):
        sheet.write_blank(_BAND, column, None, formats("band"))
    plan.across(_HEAD, "head")
    for column, words in ((0, "What is compared"), (1, "Unit"), (plan.last, "The limit is")):
        plan.text(_HEAD, column, words, "head_in" if column else "head")
    for title, left in plan.left.items():
        plan.text(_BAND, left, title, "band")
        sheet.write_blank(_BAND, left + _WIDTH - 1, None, formats("gap"))
        for column, words in enumerate(_COLUMNS, left):
            plan.text(_HEAD, column, words, "head_in" if column == left + _VERDICT else "head_right")
    sheet.set_row(_BAND, 20)


def _write_headroom(plan: _Plan) -> None:
    """A blue cell, with its name and its bounds."""
    sheet, formats, place = plan.sheet, plan.sheets.formats, (_HEADROOM, 1)
    plan.text(_HEADROOM, 0, "Headroom", "bold")
    sheet.write_number(*place, plan.headroom, formats("input", of_input(plan.headroom, True)))
    plan.sheets.workbook.define_name(plan.sheets.names[HEADROOM], f"={in_sheet(SHEET, cell(*place, fixed=True))}")
    sheet.conditional_format(*place, *place, {"type": "blanks", "format": formats("empty")})
    address = cell(*place)
    rule = {
        "validate": "custom",
        "value": f"=AND(ISNUMBER({address}),{address}>=0,{address}<1)",
        "ignore_blank": False,
        "input_title": "Headroom",
        "input_message": "What should be left of every limit: 0 to under 100%.",
        "error_title": "Not allowed",
        "error_message": "Write a share: 0 to under 100%.",
    }
    sheet.data_validation(*place, *place, rule)
    words = (
        "should be left of every limit: a load that leaves it holds, one that leaves less is tight, one above the limit breaks. "
        "Loads are means of hours; each pattern is checked as if it were alone in the account."
    )
    plan.text(_HEADROOM, _LEFT, words, "faint")


# The patterns


def _write_pattern(plan: _Plan, top: int, figures: list[Figures]) -> int:
    """Writes a pattern's heading and checks from row `top` on; gives the last row."""
    plan.across(top, "section")
    plan.text(top, 0, plan.sheets.book.pattern_titles()[figures[0].page.pattern], "section")
    of_estimates = [{_row_of(estimate.page, limit.check): limit for limit in estimate.limits} for estimate in figures]
    rows = merged([*limits] for limits in of_estimates)
    row = top
    for group in dict.fromkeys(each.group for each in rows):
        row += 1
        plan.across(row, "group")
        plan.text(row, 0, group, "group")
        for each in rows:
            if each.group == group:
                row += 1
                found = [(e, limits[each]) for e, limits in zip(figures, of_estimates, strict=True) if each in limits]
                _write_row(plan, row, each, found)
    unknown = dict.fromkeys(words for estimate in figures for words in _without_limit(estimate.page))
    if unknown:
        row += 1
        plan.text(row, 0, f"No limit is known here for: {', '.join(unknown)}.", "subtitle")
    return row


def _row_of(page: Page, check: Check) -> _Row:
    component = page.model.pattern.component(check.components[0])
    assert component is not None  # loads are of the pattern's components
    group = f"{component.service.name} · {', '.join(check.components)}"
    return _Row(group, name(check), check.unit.replace("bytes", "KB"), check.quota.key if check.quota else "")


def _without_limit(page: Page) -> list[str]:
    model = page.model
    loads = without_limit(page.result.metered.loads, model.sheet, model.card.region) if model.sheet else []
    return [f"{lowered(load.item)} of {load.component}" for load in loads]


def _write_row(plan: _Plan, row: int, line: _Row, found: list[tuple[Figures, Limit]]) -> None:
    plan.text(row, 0, line.words, "indented")
    plan.text(row, 1, line.unit, "faint")
    for estimate, limit in found:
        left = plan.left[estimate.title]
        plan.formula(row, left + _LOAD, *limit.load, BORNE)
        plan.formula(row, left + _LIMIT, *limit.limit, BORNE)
        _write_verdict(plan, row, left, limit)
    plan.text(row, plan.last, " / ".join(dict.fromkeys(_origin(limit.check) for _, limit in found)), "faint")


def _write_verdict(plan: _Plan, row: int, left: int, of: Limit) -> None:
    """Used and verdict. Of nothing, nothing is used: both are left blank. A dash is used where nothing bears the load."""
    load, limit, used = (cell(row, left + column) for column in (_LOAD, _LIMIT, _USED))
    bears, most = of.load.value, of.limit.value
    share = utilisation(bears, most)
    left_free = "0" if of.check.exact else plan.sheets.names[HEADROOM]
    value = share if most else "-" if bears else ""
    plan.formula(row, left + _USED, f'IF({limit}=0,IF({load}=0,"","-"),{load}/{limit})', value, USED, "share")
    compared = f'IF({used}<={number(ROUNDING)}+(1-{left_free}),"{HOLDS}",IF({used}<={number(1 + ROUNDING)},"{TIGHT}","{BREAKS}"))'
    said = judged(of.check, share, plan.headroom) if bears or most else ""
    plan.formula(row, left + _VERDICT, f'IF({used}="","",IF({used}="-","{BREAKS}",{compared}))', said, style="indented")


def _origin(check: Check) -> str:
    """Where a limit is from, and so where to change it."""
    if check.quota is not None:
        whose = "yours" if check.quota.own else "AWS's default"
        raised = "" if check.quota.asked_for.adjustable else ", never raised"
        of = "the account" if check.quota.scope == ACCOUNT else f"each {check.quota.scope}"
        return f"{check.quota.path} · {of} · {whose}{raised}"
    if check.exact:
        return "how many records come in at a time"
    return f"provisioned: {check.components[0]}.{check.setting}" if check.setting else "provisioned"


def _write_count(plan: _Plan, row: int, last: int, estimate: Figures) -> Said:
    """How many limits break and how many are tight, beside the pattern's title."""
    left = plan.left[estimate.title]
    verdicts = f"{cell(row + 1, left + _VERDICT)}:{cell(last, left + _VERDICT)}"
    breaks, tight = (f'COUNTIF({verdicts},"{word}")' for word in (BREAKS, TIGHT))
    text = (
        f'IF({breaks}+{tight}=0,"all hold",IF({breaks}=0,"",{breaks}&IF({breaks}=1," breaks"," break"))'
        f'&IF({breaks}*{tight}=0,"",", ")&IF({tight}=0,"",{tight}&" tight"))'
    )
    limits = estimate.limits
    said = [judged(of.check, utilisation(of.load.value, of.limit.value), plan.headroom) for of in limits]
    words = _counted(*(said.count(word) for word in (BREAKS, TIGHT)))
    plan.formula(row, left, text, words, style="section")
    return Said(in_sheet(SHEET, cell(row, left)), words)


def _counted(breaks: int, tight: int) -> str:
    said = [f"{breaks} break{'s' * (breaks == 1)}"] * (breaks > 0) + [f"{tight} tight"] * (tight > 0)
    return ", ".join(said) or "all hold"


def _finish(plan: _Plan, last: int) -> None:
    sheet, formats = plan.sheet, plan.sheets.formats
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 1, 14)
    for left in plan.left.values():
        for column, width in enumerate(_COLUMNS.values(), left):
            sheet.set_column(column, column, width)
        sheet.set_column(left + _WIDTH - 1, left + _WIDTH - 1, 2)
        used, judged = ((_TOP, left + column, last, left + column) for column in (_USED, _VERDICT))
        # As Excel has had them since 2007, with nothing for nothing: what 2010 added makes pandas and others warn of the file.
        bar = {"type": "data_bar", "bar_color": "#9DB9E3", "min_length": 0, "max_length": 100}
        ends = {"min_type": "num", "min_value": 0, "max_type": "num", "max_value": 1}
        sheet.conditional_format(*used, {**bar, **ends})
        for word in VERDICTS:
            rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": formats(word)}
            sheet.conditional_format(*judged, rule)
    sheet.set_column(plan.last, plan.last, 78)
    set_up(sheet, (_TOP, _LEFT), (last, plan.last + 1), (_BAND, _HEAD))
