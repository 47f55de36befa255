"""The first sheet: what each estimate costs, by service, with a chart."""

from typing import Any

from costmodel.capacity.checks import BREAKS, TIGHT
from costmodel.outputs.charts.drawing import colour
from costmodel.outputs.lines import kind_of_prices
from costmodel.outputs.workbook.formats import AMOUNT, MONEY, MONEY_4
from costmodel.outputs.workbook.names import cell, in_sheet
from costmodel.outputs.workbook.pattern import Figures
from costmodel.outputs.workbook.plan import Said
from costmodel.outputs.workbook.sheets import Figure, Sheets, make_room, set_up, table_head

SHEET = "Summary"
_HEAD = [
    "Estimate",
    "Pattern",
    "Records of the month",
    "Per month",
    "Per million records",
    "Largest service",
    "Its share",
    "Limits at the peak",
]
_RECORDS, _TOTAL, _EACH, _LARGEST, _SHARE, _LIMITS, _SERVICES = range(2, 9)
_ESTIMATE = 30  # the width of its column
_TOP = 4  # the first estimate's row
_INK = "#1F3864"


def write(sheet: Any, sheets: Sheets, figures: list[Figures], limits: dict[int, Said]) -> None:
    """Writes the sheet. `limits` is what the plan says of each of the estimates, by its number, where there is a plan."""
    formats = sheets.formats
    services = list(dict.fromkeys(service for estimate in figures for service in estimate.by_service))
    models = [page.model for page in sheets.book.pages]
    prices = [f"{kind_of_prices(discounted)} of {card.name} ({card.as_of})" for card, discounted in sheets.book.cards()]
    titles = dict.fromkeys(model.pattern.title for model in models)
    sheet.write_string(0, 0, "Cost estimate" + (f": {next(iter(titles))}" if len(titles) == 1 else ""), formats("title"))
    policy = "" if models[0].free_tier == "none" else f" · free tier: {models[0].free_tier}"
    words = f"{'; '.join(prices)}, USD a month before tax{policy}. Change the blue cells on Inputs and Rates."
    sheet.write_string(1, 0, words, formats("subtitle"))
    numbers = {*range(_RECORDS, _SERVICES + len(services))} - {_LARGEST, _LIMITS}
    table_head(sheet, _TOP - 1, [*_HEAD, *services], formats, numbers)
    for row, estimate in enumerate(figures, _TOP):
        name = f"{sheets.of_pattern[estimate.page.pattern]} · {estimate.title}" if len(titles) > 1 else estimate.title
        sheet.write_string(row, 0, name, formats("wrapped"))
        make_room(sheet, row, [(name, _ESTIMATE)])
        _write_estimate(sheet, sheets, row, estimate, services)
        if said := limits.get(row - _TOP):
            sheet.write_formula(row, _LIMITS, f"={said.formula}", formats("indented"), said.words)
    last = _TOP + len(figures) - 1
    if services:
        _add_chart(sheet, sheets, last, services, len(figures))
    for verdict, word in ((BREAKS, "break"), (TIGHT, "tight")):  # what breaks goes before what is tight
        rule = {"type": "text", "criteria": "containing", "value": word, "format": formats(verdict), "stop_if_true": True}
        sheet.conditional_format(_TOP, _LIMITS, last, _LIMITS, rule)
    for column, width in enumerate((_ESTIMATE, 38, 18, 14, 14, 32, 10, 18)):
        sheet.set_column(column, column, width)
    sheet.set_column(_SERVICES, _SERVICES + max(len(services), 1) - 1, 20)
    sheet.set_row(_TOP - 1, 46)
    set_up(sheet, (_TOP, 2), (last + 3 + _chart_rows(len(figures)), _SERVICES + len(services)), (_TOP - 1, _TOP - 1))


def _write_estimate(sheet: Any, sheets: Sheets, row: int, estimate: Figures, services: list[str]) -> None:
    formats = sheets.formats

    def formula(column: int, text: str, value: object, number: str = "", style: str = "number") -> None:
        sheet.write_formula(row, column, f"={text}", formats(style, number), value)

    sheet.write_string(row, 1, estimate.page.model.pattern.title, formats("faint"))
    formula(_RECORDS, *estimate.records, AMOUNT)
    formula(_TOTAL, *estimate.total, MONEY, "bold")
    total, records = cell(row, _TOTAL), cell(row, _RECORDS)
    each = estimate.total.value / estimate.records.value * 1000000 if estimate.records.value else ""
    formula(_EACH, f'IF({records}=0,"",{total}/{records}*1000000)', each, MONEY_4)
    for column, service in enumerate(services, _SERVICES):
        formula(column, *estimate.by_service.get(service, Figure("0", 0.0)), MONEY)
    if services:
        last = _SERVICES + len(services) - 1
        costs, heads = f"{cell(row, _SERVICES)}:{cell(row, last)}", (cell(_TOP - 1, c, fixed=True) for c in (_SERVICES, last))
        largest = max(services, key=lambda s: estimate.by_service.get(s, Figure("", 0.0)).value)
        found = f"INDEX({':'.join(heads)},MATCH(MAX({costs}),{costs},0))"
        formula(_LARGEST, f'IF({total}=0,"",{found})', largest if estimate.total.value else "", style="indented")
        share = estimate.by_service[largest].value / estimate.total.value if estimate.total.value else ""
        formula(_SHARE, f'IF({total}=0,"",MAX({costs})/{total})', share, "0%")


def _chart_rows(estimates: int) -> int:
    """The height of the chart, in rows of 20 pixels."""
    return max(16, 6 + 2 * estimates)


def _add_chart(sheet: Any, sheets: Sheets, last: int, services: list[str], estimates: int) -> None:
    """Of several estimates a bar for each, its services stacked; of one a bar for each service."""

    def area(row: int, column: int, last_row: int, last_column: int) -> str:
        return f"={in_sheet(SHEET, cell(row, column, fixed=True))}:{cell(last_row, last_column, fixed=True)}"

    end = _SERVICES + len(services) - 1
    several = estimates > 1
    chart = sheets.workbook.add_chart({"type": "bar", **({"subtype": "stacked"} if several else {})})
    if several:
        for n, column in enumerate(range(_SERVICES, end + 1)):
            chart.add_series(
                {
                    "name": area(_TOP - 1, column, _TOP - 1, column).partition(":")[0],
                    "categories": area(_TOP, 0, last, 0),
                    "values": area(_TOP, column, last, column),
                    "fill": {"color": colour(n)},
                    "gap": 60,
                }
            )
        chart.set_legend({"position": "bottom"})
    else:
        chart.add_series(
            {
                "name": "Cost per month",
                "categories": area(_TOP - 1, _SERVICES, _TOP - 1, end),
                "values": area(_TOP, _SERVICES, _TOP, end),
                "fill": {"color": colour(0)},
                "data_labels": {"value": True, "num_format": MONEY},
                "gap": 60,
            }
        )
        chart.set_legend({"none": True})
    chart.set_title({"name": "Cost per month by service", "name_font": {"size": 12, "color": _INK}, "overlay": False})
    chart.set_x_axis({"num_format": "$#,##0", "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}})
    chart.set_y_axis({"reverse": True, "crossing": "max"})
    chart.set_size({"width": 1080, "height": 20 * _chart_rows(estimates)})
    sheet.insert_chart(last + 2, 0, chart, {"object_position": 2, "description": "Cost per month by service"})
