"""Costs of several estimates along one input, with a mark where the cheapest changes."""

from costmodel.outputs.breakeven import sentences
from costmodel.outputs.charts import drawing
from costmodel.outputs.charts.drawing import LIGHT, MARGIN, SMALL, TEXT, WIDTH, Drawing, Theme
from costmodel.outputs.words import exact, money
from costmodel.whatif.breakeven import BreakEven

CURVE, SCALE, KEY = 230.0, 34.0, 13.0  # heights
ROOM = 0.05  # above and below what is drawn; lines that are near to each other do not begin at 0
SAMPLE = 34.0  # width of a line beside its name, and what is about it
BY_RATIO = 50  # an input that goes so many times as far is drawn by ratios, and so are its costs


def draw(found: BreakEven, theme: Theme = LIGHT) -> Drawing:
    from matplotlib.ticker import FuncFormatter

    title = f"Break-even by {found.of.path}"
    lowest, highest = min(min(row) for row in found.totals), max(max(row) for row in found.totals)
    with drawing.styled(theme):
        left = MARGIN + 22 + max(drawing.width_of(money(highest), SMALL), 40)
        names = ["\n".join(drawing.wrapped(name, WIDTH - MARGIN - left - SAMPLE, TEXT)) for name in found.names]
        keys = KEY * sum(name.count("\n") + 1 for name in names)
        figure = drawing.sheet(title, f"{drawing.dollars(found.models[0].card.currency)}, before tax", CURVE + SCALE + keys + 8)
        axes = drawing.panel(figure, left, MARGIN + SCALE + keys, WIDTH - 2 * MARGIN - left, CURVE)
        for n, (name, totals) in enumerate(zip(names, found.totals, strict=True)):
            axes.plot(found.values, totals, color=drawing.colour(n), linewidth=1.8, label=name)
        for crossing in found.crossings:
            axes.plot([crossing.at], [crossing.total], "o", color=theme.ink, markersize=5, zorder=5)
            axes.axvline(crossing.at, color=theme.ink, linewidth=0.8, linestyle=":")
        low, high = found.values[0], found.values[-1]
        if low > 0 and high / low >= BY_RATIO:
            axes.set_xscale("log")
            axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: exact(value, 6)))
            if lowest > 0:
                axes.set_yscale("log")
                axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"${exact(value, 6)}"))
        else:
            drawing.ticks(axes.xaxis, most=6)
        if axes.get_yscale() == "linear":
            floor = 0 if lowest < highest / 2 else lowest - ROOM * (highest - lowest)
            axes.set_ylim(floor, highest + ROOM * (highest - floor))
            drawing.ticks(axes.yaxis, "$")
        axes.grid(True)
        axes.set_xlabel(f"{found.of.path} ({found.of.suffix.strip()})" if found.of.suffix else found.of.path)
        axes.set_ylabel("a month")
        axes.yaxis.set_label_coords(-(left - MARGIN - 8) / (axes.get_position().width * WIDTH), 0.5)
        place = (0, -SCALE / CURVE)
        axes.legend(loc="upper left", bbox_to_anchor=place, frameon=False, fontsize=TEXT, borderaxespad=0, labelspacing=0.25)
    return Drawing(figure, theme, title, " ".join(sentences(found)))
