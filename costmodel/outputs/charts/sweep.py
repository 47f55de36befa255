"""A sweep of one input: the total over the services' parts; of two: a curve for each value of the shorter one, or a map."""

from typing import TYPE_CHECKING, Any

from costmodel.errors import InputError
from costmodel.outputs.charts import drawing
from costmodel.outputs.charts.drawing import LIGHT, MARGIN, SMALL, TEXT, WIDTH, Drawing, Theme
from costmodel.outputs.sweep import extremes
from costmodel.outputs.words import exact, money
from costmodel.whatif.points import Axis, Points
from costmodel.whatif.sweeps import TOTAL, Subject, Swept

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CURVE, SCALE, KEY = 230.0, 34.0, 13.0  # heights
MOST_CURVES = 7  # of more, a map
MOST_DRAWN = 2000  # values along a curve
LEVELS = 8  # of a map's lines


def draw(subject: Subject, points: Points, whole: Swept, theme: Theme = LIGHT) -> Drawing:
    """Raises InputError for more than two inputs, or for two that are no grid."""
    if len(points.axes) > 2 or (points.zipped and len(points.axes) > 1):
        raise InputError("a picture shows one input that varies, or a grid of two")
    model = subject.model
    title = f"Sweep: {model.pattern.title}, {model.scenario.title}"
    across, curves = _arranged(points)
    with drawing.styled(theme):
        left = MARGIN + 22 + max(drawing.width_of(money(float(whole.figures[TOTAL].max())), SMALL), 40)
        names = _names(subject, curves)
        keys = KEY * len(names)
        note = f"{drawing.dollars(model.card.currency)}, before tax; prices {model.card.name}"
        figure = drawing.sheet(title, note, CURVE + SCALE + keys + 8)
        axes = drawing.panel(figure, left, MARGIN + SCALE + keys, WIDTH - 2 * MARGIN - left, CURVE)
        totals = whole.figures[TOTAL]
        if curves is None:
            _curve(axes, across, totals, whole, subject)
        elif names:
            _curves(axes, across, curves, _in_rows(totals, points, curves), names)
        else:
            _map(axes, across, curves, _in_rows(totals, points, curves), theme)
        _scales(axes, across, left)
        if names:
            place = (0, -SCALE / CURVE)
            axes.legend(loc="upper left", bbox_to_anchor=place, frameon=False, fontsize=TEXT, borderaxespad=0, labelspacing=0.25)
    return Drawing(figure, theme, title, " ".join(f"{words}." for words in extremes(points, whole)))


def _arranged(points: Points) -> tuple[Axis, Axis | None]:
    """The input along the picture, and the one that has a curve for each value, or stands upright in a map."""
    if len(points.axes) == 1:
        return points.axes[0], None
    one, other = points.axes
    return (one, other) if one.size >= other.size else (other, one)


def _names(subject: Subject, curves: Axis | None) -> list[str]:
    if curves is None:
        return ["total", *(name for name in subject.figures if name != TOTAL)]
    return [curves.of.path + " " + curves.of.text(v) for v in curves.values] if curves.size <= MOST_CURVES else []


def _in_rows(totals: Any, points: Points, curves: Axis) -> Any:
    """A row for each value of `curves`."""
    table = totals.reshape([axis.size for axis in points.axes])
    return table if points.axes[0] is curves else table.T


def _drawn(across: Axis) -> Any:
    """The places of an input's values in ascending order; of very many as many as can be told apart."""
    import numpy as np

    order = np.argsort(across.values, kind="stable")
    return order if len(order) <= MOST_DRAWN else order[np.linspace(0, len(order) - 1, MOST_DRAWN).round().astype(int)]


def _curve(axes: "Axes", across: Axis, totals: Any, whole: Swept, subject: Subject) -> None:
    """The services' parts one upon the other, the total above them."""
    import numpy as np

    order = _drawn(across)
    at = np.array(across.values)[order]
    axes.plot(at, totals[order], color=drawing.colour(0), linewidth=2, label="total", marker="o" * (len(at) < 30), markersize=3)
    below = np.zeros(len(at))
    for n, name in enumerate(name for name in subject.figures if name != TOTAL):
        above = below + whole.figures[name][order]
        axes.fill_between(at, below, above, color=drawing.colour(n + 1), alpha=0.35, linewidth=0, label=name)
        below = above


def _curves(axes: "Axes", across: Axis, curves: Axis, rows: Any, names: list[str]) -> None:
    import numpy as np

    order = _drawn(across)
    at = np.array(across.values)[order]
    for n, (row, name) in enumerate(zip(rows, names, strict=True)):
        axes.plot(at, row[order], color=drawing.colour(n), linewidth=1.8, label=name, marker="o" * (len(at) < 30), markersize=3)


def _map(axes: "Axes", across: Axis, curves: Axis, rows: Any, theme: Theme) -> None:
    lines = axes.contour(across.values, curves.values, rows, LEVELS, colors=theme.ink, linewidths=0.7)
    axes.contourf(across.values, curves.values, rows, LEVELS, cmap="Blues", alpha=0.8)
    axes.clabel(lines, fontsize=SMALL, fmt=lambda value: money(value, 0))
    axes.set_ylabel(curves.of.title)
    _ticks(axes.yaxis, curves, axes.set_yscale)


def _ticks(axis: Any, of: Axis, set_scale: Any) -> None:
    from matplotlib.ticker import FuncFormatter

    if _by_ratio(of):
        set_scale("log")
        axis.set_major_formatter(FuncFormatter(lambda value, _: exact(value, 6)))
    else:
        drawing.ticks(axis, most=6)


def _by_ratio(axis: Axis) -> bool:
    """Whether its values are so far apart that ratios show them better."""
    return min(axis.values) > 0 and max(axis.values) / min(axis.values) >= 50


def _scales(axes: "Axes", across: Axis, left: float) -> None:
    is_map = bool(axes.get_ylabel())
    _ticks(axes.xaxis, across, axes.set_xscale)
    axes.grid(not is_map)
    axes.set_xlabel(across.of.title)
    axes.yaxis.set_label_coords(-(left - MARGIN - 8) / (axes.get_position().width * WIDTH), 0.5)
    if not is_map:
        axes.set_ylabel("a month")
        axes.set_ylim(bottom=0)
        drawing.ticks(axes.yaxis, "$")
