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
LINES = 0.09  # of the highest column: a line of words above it
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
    if high - low < 1e-9 * high:  # one value
        low, high = low * 0.99, high * 1.01
    edges, shares = total.spread.histogram(low, high, COLUMNS)
    highest = max(shares)
    axes.bar(edges[:-1], shares, width=edges[1] - edges[0], align="edge", color=drawing.colour(0))
    axes.set_ylim(0, highest * (1 + LINES * (len(SHOWN) + 1)))
    marks = [(f"P{share * 100:.0f} {money(known.value, 0)}", known.value) for share, known in total.percentiles.items()]
    for n, (words, value) in enumerate(marks):  # each on a line of its own: they may be close to each other
        axes.axvline(value, color=theme.ink, linewidth=0.9, linestyle=":")
        _mark(axes, words, value, highest * (1 + LINES * (len(SHOWN) + 1 - n)), theme.ink)
    if found.budget is not None and low < found.budget < high:
        axes.axvline(found.budget, color=drawing.colour(1), linewidth=1.4)
        _mark(axes, f"budget {money(found.budget, 0)}", found.budget, highest * (1 + LINES), drawing.colour(1))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    drawing.ticks(axes.xaxis, "$", most=6)


def _mark(axes: "Axes", words: str, value: float, height: float, colour: str) -> None:
    axes.annotate(words, (value, height), (3, 0), textcoords="offset points", size=SMALL, color=colour, va="top")


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
