"""A forecast: the cost of each month above, the share of each limit that is used below, with the line that breaks."""

from typing import TYPE_CHECKING

from costmodel.capacity.checks import BREAKS
from costmodel.capacity.forecasts import Forecast, Trend, growing
from costmodel.outputs.charts import drawing
from costmodel.outputs.charts.drawing import LIGHT, MARGIN, SMALL, TEXT, WIDTH, Drawing, Theme
from costmodel.outputs.limits import what
from costmodel.outputs.words import money, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COST, USED, SCALE, GAP, KEY = 130.0, 130.0, 34.0, 14.0, 13.0  # heights
MOST_LINES = 5  # of limits
MOST_BEYOND = 2  # of those that are cut off in every month
TOP = 1.6  # shares of limits above this are cut off


def draw(forecast: Forecast, theme: Theme = LIGHT) -> Drawing:
    card = forecast.model.card
    title = f"Forecast: {forecast.model.pattern.title}, {forecast.model.scenario.title}"
    trends = _drawn(forecast)
    note = f"Traffic grows: {forecast.growth.words}; {drawing.dollars(card.currency)}, before tax"
    with drawing.styled(theme):
        left = MARGIN + 22 + max(drawing.width_of(money(max(forecast.totals)), SMALL), 40)
        width, keys = WIDTH - 2 * MARGIN - left, KEY * len(trends)
        lower = bool(trends) * (USED + SCALE + keys + GAP)
        figure = drawing.sheet(title, note, COST + SCALE + lower)
        if trends:
            _used(drawing.panel(figure, left, MARGIN + SCALE + keys, width, USED), trends, left, theme)
        _cost(drawing.panel(figure, left, MARGIN + SCALE + lower, width, COST), forecast, left)
    return Drawing(figure, theme, title, described(forecast))


def _drawn(forecast: Forecast) -> list[Trend]:
    """The fullest of the limits whose line can be seen, and of those beyond it a few that a reader should know of."""
    by_fullness = sorted(growing(forecast.trends), key=lambda trend: -max(trend.utilisations))
    beyond = [trend for trend in by_fullness if min(trend.utilisations) > TOP]
    seen = [trend for trend in by_fullness if trend not in beyond][: MOST_LINES - min(len(beyond), MOST_BEYOND)]
    return [*seen, *beyond[:MOST_BEYOND]]


def _cost(axes: "Axes", forecast: Forecast, left: float) -> None:
    months = [*forecast.months]
    axes.fill_between(months, forecast.totals, color=drawing.colour(0), alpha=0.25, linewidth=0)
    axes.plot(months, forecast.totals, color=drawing.colour(0), linewidth=2, clip_on=False, marker="o" * (len(months) == 1))
    axes.set_ylim(0, max(forecast.totals) * 1.08 or 1)
    _scales(axes, months, left, "cost")
    drawing.ticks(axes.yaxis, "$")


def _used(axes: "Axes", trends: list[Trend], left: float, theme: Theme) -> None:
    from matplotlib.ticker import FuncFormatter

    months = [*range(len(trends[0].loads))]
    for n, trend in enumerate(trends):
        shares = [min(used, 2 * TOP) for used in trend.utilisations]
        beyond = f" (over {number(TOP * 100)}% in every month)" if min(shares) > TOP else ""
        axes.plot(
            months,
            shares,
            color=drawing.colour(n),
            linewidth=1.8,
            label=f"{what(trend.check)}{beyond}",
            marker="o" * (len(months) == 1),
        )
    axes.axhline(1, color=theme.ink, linewidth=1, linestyle="--")
    axes.set_ylim(0, min(TOP, max(1.1, *(used for trend in trends for used in trend.utilisations))))
    _scales(axes, months, left, "of the limit")
    drawing.ticks(axes.yaxis)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{number(value * 100)}%"))
    axes.legend(
        loc="upper left", bbox_to_anchor=(0, -SCALE / USED), frameon=False, fontsize=TEXT, borderaxespad=0, labelspacing=0.25
    )


def _scales(axes: "Axes", months: list[int], left: float, words: str) -> None:
    axes.set_xlim(0, months[-1] or 1)
    axes.grid(True)
    drawing.ticks(axes.xaxis, most=8, whole=True)
    axes.set_xlabel("months from today")
    axes.set_ylabel(words)
    axes.yaxis.set_label_coords(-(left - MARGIN - 8) / (axes.get_position().width * WIDTH), 0.5)


def described(forecast: Forecast) -> str:
    """The chart in words."""
    said = f"The cost of a month goes from {money(forecast.totals[0])} to {money(forecast.totals[-1])}."
    for trend in forecast.trends:
        month = trend.first(BREAKS, forecast.headroom)
        if month is not None:
            said += f" {what(trend.check)} breaks in month {month}."
    return said
