"""Cost against traffic, from none to ten times the scenario's peak, with the fixed part as a band below."""

from typing import TYPE_CHECKING, Any

from costmodel.charting import CostAgainstTraffic
from costmodel.outputs.charts import drawing
from costmodel.outputs.charts.drawing import LIGHT, MARGIN, SMALL, TEXT, WIDTH, Drawing, Theme
from costmodel.outputs.words import exact, money

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CURVE, SCALE = 230.0, 34.0  # heights
HEADROOM = 1.22  # above the curve, for what is said of the scenario's own traffic
FIXED = drawing.colour(5)
THICK = 0.09  # of the height: a band of this can have its label within


def draw(growth: CostAgainstTraffic, theme: Theme = LIGHT) -> Drawing:
    title = f"Cost against traffic: {growth.title}"
    with drawing.styled(theme):
        top = max(growth.totals) * HEADROOM or 1
        costs = max(drawing.width_of(money(top), SMALL), 40) + 22  # width of the scale of costs
        note = f"Scenario {growth.scenario}; {drawing.dollars(growth.currency)}, before tax"
        figure = drawing.sheet(title, note, CURVE + SCALE + 4)
        axes = drawing.panel(figure, MARGIN + costs, MARGIN + SCALE, WIDTH - 3 * MARGIN - costs, CURVE)
        axes.set_ylim(0, top)
        _curve(axes, growth, top, theme)
        _labels(axes, growth, top, theme)
        drawing.ticks(axes.xaxis, most=6)
        drawing.ticks(axes.yaxis, "$")
        axes.grid(True)
        axes.set_xlabel(_axis(growth))
        axes.set_ylabel(drawing.dollars(growth.currency))
        axes.yaxis.set_label_coords(-(costs - 8) / (axes.get_position().width * WIDTH), 0.5)
    return Drawing(figure, theme, title, described(growth))


def _across(growth: CostAgainstTraffic) -> tuple[tuple[float, ...], float]:
    """Where the curve's points and the scenario are: at their peak rates, or where it has no traffic, at their times."""
    return (growth.peaks, growth.peak) if growth.peak else (growth.times, 1.0)


def _axis(growth: CostAgainstTraffic) -> str:
    times = f"{exact(growth.times[0])} to {exact(growth.times[-1])} times the scenario's"
    return f"records a second at peak, {times}" if growth.peak else f"{times} traffic, which is none"


def _curve(axes: "Axes", growth: CostAgainstTraffic, top: float, theme: Theme) -> None:
    at, own = _across(growth)
    axes.set_xlim(at[0], at[-1])
    axes.fill_between(at, growth.fixed, color=FIXED, alpha=0.3, linewidth=0)
    axes.plot(at, [growth.fixed] * len(at), color=FIXED, linewidth=1.5, clip_on=False)
    axes.plot(at, growth.totals, color=drawing.colour(0), linewidth=2, clip_on=False)
    axes.plot([own, own], [growth.cost, top], color=theme.ink, linewidth=0.8, linestyle=":")
    axes.plot([own], [growth.cost], "o", color=theme.ink, clip_on=False, zorder=5)


def _labels(axes: "Axes", growth: CostAgainstTraffic, top: float, theme: Theme) -> None:
    at, own = _across(growth)
    label: Any = {"textcoords": "offset points", "size": TEXT, "bbox": drawing.on_paper(theme)}
    said = f"the scenario: {money(growth.cost)} at {drawing.per_second(growth.peak)}"
    axes.annotate(said, (own, top), (6, -4), va="top", **label)
    end = f"total {money(growth.totals[-1])} at {exact(growth.times[-1])} times"
    axes.annotate(end, (at[-1], growth.totals[-1]), (0, 6), ha="right", **label)
    fixed = f"fixed {money(growth.fixed)}"
    if growth.fixed > THICK * top:
        label["bbox"] = None
        axes.annotate(fixed, (at[-1], growth.fixed / 2), (-6, 0), ha="right", va="center", **label)
    else:
        aside = 1.0 if growth.totals[-1] else 0.5  # where nothing costs, the total is said there too
        axes.annotate(fixed, (at[-1] * aside, growth.fixed), (-6, 4), ha="right", va="bottom", **label)


def described(growth: CostAgainstTraffic) -> str:
    """The chart in words."""
    return (
        f"{growth.scenario} has {exact(growth.peak, 6)} records a second at peak and costs {money(growth.cost)} a month. "
        f"Without traffic it costs {money(growth.fixed)}, at {exact(growth.times[-1])} times the traffic "
        f"{money(growth.totals[-1])}."
    )
