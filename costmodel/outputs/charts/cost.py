"""Cost by service: a panel of bars for each scenario, each on its own scale, for scenarios differ by factors of fifty."""

from typing import TYPE_CHECKING

from costmodel.charting import CostByService, ScenarioCosts
from costmodel.outputs.charts import drawing
from costmodel.outputs.charts.drawing import HEAD, LIGHT, MARGIN, SMALL, TEXT, WIDTH, Drawing, Theme
from costmodel.outputs.words import money, share

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BAR, HEADING, SCALE, GAP = 17.0, 20.0, 16.0, 14.0  # heights of a panel's parts
NAME_OF_SCALE = 15.0  # below the last panel


def draw(costs: CostByService, theme: Theme = LIGHT) -> Drawing:
    bars = BAR * max(1, len(costs.services))
    each = HEADING + bars + SCALE + GAP
    with drawing.styled(theme):
        note = f"{drawing.dollars(costs.currency)}, before tax"
        note += "; each scenario on a scale of its own" if len(costs.scenarios) > 1 else ""
        height = each * len(costs.scenarios) - GAP + NAME_OF_SCALE
        figure = drawing.sheet(f"Cost by service: {costs.title}", note, height)
        names = max((drawing.width_of(service, TEXT) for service in costs.services), default=0.0) + 8
        for n, scenario in enumerate(costs.scenarios):
            bottom = MARGIN + height - each * (n + 1) + SCALE + GAP
            _heading(figure, scenario, bottom + bars + 5)
            axes = drawing.panel(figure, MARGIN + names, bottom, WIDTH - 3 * MARGIN - names, bars)
            _bars(axes, costs.services, scenario)
        axes.set_xlabel(drawing.dollars(costs.currency))
    return Drawing(figure, theme, f"Cost by service: {costs.title}", described(costs))


def _heading(figure: "Figure", scenario: ScenarioCosts, bottom: float) -> None:
    across, up = (inches * drawing.INCH for inches in figure.get_size_inches())
    total = f"{money(scenario.total)} a month"
    figure.text(1 - 2 * MARGIN / across, bottom / up, total, size=HEAD, weight="bold", ha="right")
    room = across - 4 * MARGIN - drawing.width_of(total, HEAD, bold=True)
    title = drawing.shortened(scenario.title, room, HEAD, bold=True)
    figure.text(MARGIN / across, bottom / up, title, size=HEAD, weight="bold")


def _bars(axes: "Axes", services: tuple[str, ...], scenario: ScenarioCosts) -> None:
    labels = [_label(cost, scenario.total) for cost in scenario.costs]
    rows = range(len(services))
    drawn = axes.barh(rows, scenario.costs, height=0.72, color=[drawing.colour(n) for n in rows])
    axes.bar_label(drawn, labels, padding=4, size=SMALL)
    axes.set_yticks(rows, services, size=TEXT)
    axes.set_ylim(max(1, len(services)) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    width = axes.get_position().width * WIDTH
    room = max((drawing.width_of(label, SMALL) for label in labels), default=0.0) + 8
    axes.set_xlim(0, max(scenario.costs, default=0) * width / (width - room) or 1)
    drawing.ticks(axes.xaxis, "$")
    if not services:
        axes.text(0.5, 0, "no service is charged", ha="center", va="center")


def _label(cost: float, total: float) -> str:
    """ "$597.38 (88.9%)"."""
    return f"{money(cost)} ({share(cost / total)})" if total else money(cost)


def described(costs: CostByService) -> str:
    """The chart in words."""
    parts = []
    for scenario in costs.scenarios:
        services = zip(costs.services, scenario.costs, strict=True)
        said = ", ".join(f"{service} {_label(cost, scenario.total)}" for service, cost in services)
        parts.append(f"{scenario.title}, {money(scenario.total)} a month: {said or 'no service is charged'}.")
    return " ".join(parts)
