"""How the total is distributed, and below it between what each service costs in 8 of 10 cases."""

from typing import TYPE_CHECKING

from costmodel.outputs.charts import drawing
from costmodel.outputs.charts.drawing import LIGHT, MARGIN, SMALL, TEXT, WIDTH, Drawing, Theme
from costmodel.outputs.simulation import notes
from costmodel.outputs.words import money
from costmodel.whatif.simulation import SHOWN, Simulation
from costmodel.whatif.sweeps import TOTAL

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HISTOGRAM, SCALE, BAR, BETWEEN = 150.0, 24.0, 20.0, 26.0  # heights
COLUMNS = 60
OUTSIDE = 0.005  # of the cases on either side, beyond which only the longest tails are


def draw(found: Simulation, theme: Theme = LIGHT) -> Drawing:
    model = found.model
    title = f"What a month may cost: {model.pattern.title}, {model.scenario.title}"
    kept = [name for name in found.figures if name != TOTAL]
    with drawing.styled(theme):
        bars = BAR * len(kept) + SCALE + BETWEEN if kept else 0.0
        left = min(max((drawing.width_of(name, TEXT) for name in kept), default=0) + 8, WIDTH / 2)
        note = f"{drawing.dollars(model.card.currency)}, before tax: shares of {found.samples:,} samples"
        note += "; below it each service from P10 to P90" if kept else ""
        figure = drawing.sheet(title, note, HISTOGRAM + SCALE + 14 + bars)
        across = WIDTH - 2 * MARGIN
        _histogram(drawing.panel(figure, MARGIN, MARGIN + bars + SCALE, across, HISTOGRAM), found, theme)
        if kept:
            _services(
                drawing.panel(figure, MARGIN + left, MARGIN + SCALE, across - left, bars - SCALE - BETWEEN), found, kept, theme
            )
    return Drawing(figure, theme, title, " ".join(notes(found)))


def _histogram(axes: "Axes", found: Simulation, theme: Theme) -> None:
    total = found.figures[TOTAL]
    low, high = total.spread.at(OUTSIDE), total.spread.at(1 - OUTSIDE)
    edges, shares = total.spread.histogram(low, high, COLUMNS)
    axes.bar(
        edges[:-1],
        shares,
        width=edges[1] - edges[0],
        align="edge",
        color=drawing.colour(0),
    )
    axes.set_ylim(0, max(shares) * 1.18)
    marks = [
        (f"P{share * 100:.0f} {money(total.percentiles[share].value, 0)}", total.percentiles[share].value) for share in SHOWN
    ]
    for words, value in marks:
        axes.axvline(value, color=theme.ink, linewidth=0.9, linestyle=":")
        axes.annotate(words, (value, max(shares) * 1.17), (3, 0), textcoords="offset points", size=SMALL, va="top")
    if found.budget is not None and low < found.budget < high:
        axes.axvline(found.budget, color=drawing.colour(1), linewidth=1.4)
        axes.annotate(
            f"budget {money(found.budget, 0)}",
            (found.budget, max(shares)),
            (3, 0),
            textcoords="offset points",
            size=SMALL,
            color=drawing.colour(1),
            va="top",
        )
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    drawing.ticks(axes.xaxis, "$", most=6)


def _services(axes: "Axes", found: Simulation, kept: list[str], theme: Theme) -> None:
    for n, name in enumerate(kept):
        low, middle, high = (found.figures[name].percentiles[share].value for share in SHOWN)
        axes.barh(n, high - low, left=low, height=0.55, color=drawing.colour(n))
        axes.plot([middle, middle], [n - 0.275, n + 0.275], color=theme.paper if high > low else drawing.colour(n), linewidth=1.2)
    axes.set_ylim(len(kept) - 0.5, -0.5)
    axes.set_yticks(range(len(kept)), kept)
    axes.set_xlim(left=0)
    axes.grid(True, axis="x")
    drawing.ticks(axes.xaxis, "$", most=5)
