"""Traffic over a day, a week or what else a scenario gives: a panel of steps for each scenario."""

from typing import TYPE_CHECKING

from costmodel.charting import TrafficLimit, TrafficOverTime
from costmodel.outputs.charts import drawing
from costmodel.outputs.charts.drawing import HEAD, LIGHT, MARGIN, SMALL, TEXT, WIDTH, Drawing, Theme
from costmodel.outputs.limits import what
from costmodel.outputs.words import exact, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE = "Traffic over time"
HEADING, STEPS, SCALE, GAP = 20.0, 100.0, 32.0, 16.0  # heights of a panel's parts
NOTE = 13.0  # of the line that says the first limit
FAR = 4  # times the peak: a limit beyond is said, not drawn
APART = 0.14  # of the scale's height, that two lines need for their words
RATES = 62.0  # width of the scale of rates
BETWEEN_TICKS = (1, 2, 3, 4, 6, 12, 24, 48, 72, 120, 168, 336, 720, 1440)  # hours
MOST_TICKS = 9


def draw(scenarios: list[TrafficOverTime], theme: Theme = LIGHT) -> Drawing:
    head = HEADING + NOTE * any(traffic.limits for traffic in scenarios)
    each = head + STEPS + SCALE + GAP
    height = each * len(scenarios) - GAP
    several = len(scenarios) > 1
    with drawing.styled(theme):
        note = "records a second" + ("; each scenario on a scale of its own" if several else "")
        figure = drawing.sheet(TITLE, note, height)
        for n, traffic in enumerate(scenarios):
            bottom = MARGIN + height - each * (n + 1) + SCALE + GAP
            _heading(figure, traffic, bottom + STEPS + 6 + head - HEADING)
            _steps(drawing.panel(figure, MARGIN + RATES, bottom, WIDTH - 3 * MARGIN - RATES, STEPS), traffic, theme)
    return Drawing(figure, theme, TITLE, described(scenarios))


def _heading(figure: "Figure", traffic: TrafficOverTime, bottom: float) -> None:
    across, up = (inches * drawing.INCH for inches in figure.get_size_inches())
    rates = _rates(traffic)
    figure.text(1 - 2 * MARGIN / across, bottom / up, rates, ha="right")
    room = across - 4 * MARGIN - drawing.width_of(rates, TEXT)
    title = drawing.shortened(traffic.title, room, HEAD, bold=True)
    figure.text(MARGIN / across, bottom / up, title, size=HEAD, weight="bold")
    if traffic.limits:
        said = drawing.shortened(_first_limit(traffic), across - 3 * MARGIN, TEXT)
        figure.text(MARGIN / across, (bottom - NOTE) / up, said)


def shown_limits(traffic: TrafficOverTime) -> list[TrafficLimit]:
    """The lines that are drawn: the lowest, and one more where there is room for its words."""
    near = [limit for limit in traffic.limits if limit.rate <= FAR * traffic.peak]
    apart = [limit for limit in near if limit.rate - near[0].rate > APART * max(traffic.peak, limit.rate)]
    return near[:1] + apart[:1]


def _limits(axes: "Axes", traffic: TrafficOverTime, theme: Theme) -> None:
    for limit in shown_limits(traffic):
        axes.axhline(limit.rate, color=theme.ink, linewidth=1, linestyle="--")
        said = f"{what(limit.check)}: {drawing.per_second(limit.rate)}"
        axes.annotate(
            said,
            (traffic.hours, limit.rate),
            (-3, 5),
            textcoords="offset points",
            ha="right",
            size=SMALL,
            bbox=drawing.on_paper(theme),
        )


def _steps(axes: "Axes", traffic: TrafficOverTime, theme: Theme) -> None:
    edges = [traffic.steps[0].start, *(step.end for step in traffic.steps)]
    rates = [step.rate for step in traffic.steps]
    axes.stairs(rates, edges, fill=True, color=drawing.colour(0), alpha=0.35)
    axes.stairs(rates, edges, color=drawing.colour(0), linewidth=1.5, baseline=None)
    axes.set_xlim(0, traffic.hours)
    highest = max([traffic.peak * 1.08, *(limit.rate * (1 + APART) for limit in shown_limits(traffic))])
    axes.set_ylim(0, highest or 1)
    _limits(axes, traffic, theme)
    drawing.ticks(axes.yaxis)
    axes.yaxis.grid(True)
    between = next((hours for hours in BETWEEN_TICKS if traffic.hours / hours < MOST_TICKS), BETWEEN_TICKS[-1])
    at = range(0, int(traffic.hours + 1e-6) + 1, between)
    axes.set_xticks(at, [exact(hours) for hours in at])
    axes.set_xlabel(traffic.axis)
    axes.set_ylabel("records a second")
    axes.yaxis.set_label_coords(-(RATES - 8) / (axes.get_position().width * WIDTH), 0.5)


def described(scenarios: list[TrafficOverTime]) -> str:
    """The chart in words."""
    return " ".join(
        f"{traffic.title}: {_rates(traffic)}, over {number(traffic.hours)} {traffic.axis}{_said(traffic)}."
        f"{f' {_first_limit(traffic)}.' if traffic.limits else ''}"
        for traffic in scenarios
    )


def _rates(traffic: TrafficOverTime) -> str:
    return f"peak {drawing.per_second(traffic.peak)}, mean {drawing.per_second(traffic.mean)}"


def _first_limit(traffic: TrafficOverTime) -> str:
    """ "First limit: Records of ingest, at 5,000/s, 50 times the peak"."""
    first = traffic.limits[0]
    times = f", {number(first.rate / traffic.peak, 0)} times the peak" if first.rate > FAR * traffic.peak else ""
    return f"First limit: {what(first.check)}, at {drawing.per_second(first.rate)}{times}"


def _said(traffic: TrafficOverTime) -> str:
    """The steps, where they are few enough to listen to."""
    if len(traffic.steps) > MOST_TICKS:
        return f"; {len(traffic.steps):,} steps"
    return ": " + ", ".join(f"{drawing.per_second(step.rate)} for {number(step.end - step.start)} h" for step in traffic.steps)
