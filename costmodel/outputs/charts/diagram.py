"""A diagram of the pattern: components as boxes, layer by layer downwards, and what flows between them at peak."""

from typing import TYPE_CHECKING, NamedTuple

from costmodel.charting import Diagram, DiagramEdge, DiagramNode
from costmodel.layout import Spot
from costmodel.outputs.charts import drawing
from costmodel.outputs.charts.drawing import LIGHT, MARGIN, SMALL, TEXT, WIDTH, Drawing, Theme
from costmodel.outputs.words import exact

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BOX, ACROSS = 122.0, 142.0  # width of a box; from one to the next
WITHIN = BOX - 12
GAP, CLOSE = 52.0, 16.0  # between layers: for three lines of label; where nothing flows
PADDING = 7.0
ALONG = (0.5, 0.38, 0.62, 0.28, 0.72, 0.2, 0.8)  # where on its way a label may stand, the best first


class Box(NamedTuple):
    left: float
    bottom: float
    right: float
    top: float

    def overlaps(self, other: "Box") -> bool:
        return self.left < other.right and other.left < self.right and self.bottom < other.top and other.bottom < self.top


class Scale(NamedTuple):
    """Where spots are on the sheet; `middles` and `heights` are those of the layers' boxes."""

    left: float
    middles: list[float]
    heights: list[float]

    def box(self, spot: Spot) -> Box:
        x, y, half = self.left + spot.across * ACROSS, self.middles[spot.layer], self.heights[spot.layer] / 2
        return Box(x - BOX / 2, y - half, x + BOX / 2, y + half)


def draw(diagram: Diagram, theme: Theme = LIGHT, heading: bool = True) -> Drawing:
    """With `heading`, the figure has its title. What flows has ids, "flow-enrich.input-rate", for pages that change it."""
    title = f"Diagram: {diagram.title}"
    with drawing.styled(theme):
        width = max(WIDTH, diagram.breadth * ACROSS + 2 * MARGIN)
        texts = {node.name: _lines(node) for node in diagram.nodes}
        scale, height = _scale(diagram, texts, width)
        note = f"Scenario {diagram.scenario}; what flows from component to component in records a second at peak"
        figure = drawing.sheet(*((title, note) if heading else ("", "")), height, width)
        axes = drawing.panel(figure, 0, MARGIN, width, height)
        axes.set_axis_off()
        axes.set_xlim(0, width)
        axes.set_ylim(0, height)
        _edges(axes, diagram, scale, theme)
        services = list(dict.fromkeys(node.service for node in diagram.nodes if node.service))
        for node in diagram.nodes:
            edge = drawing.colour(services.index(node.service)) if node.service else theme.ink
            _node(axes, scale.box(node.spot), texts[node.name], edge)
    return Drawing(figure, theme, title, described(diagram))


Lines = list[tuple[str, float, str]]  # text, size and weight


def _lines(node: DiagramNode) -> Lines:
    lines = [(line, TEXT, "bold") for line in drawing.wrapped(node.name, WITHIN, TEXT, bold=True)]
    return [
        *lines,
        *((line, SMALL, "normal") for line in drawing.wrapped(node.service or "the records that come in", WITHIN, SMALL)),
    ]


def _height(lines: Lines) -> float:
    return sum(drawing.line_height(size) for _, size, _ in lines)


def _scale(diagram: Diagram, texts: dict[str, Lines], width: float) -> tuple[Scale, float]:
    """The scale, and the height it takes."""
    heights = [2 * PADDING] * diagram.layers
    for node in diagram.nodes:
        heights[node.spot.layer] = max(heights[node.spot.layer], _height(texts[node.name]) + 2 * PADDING)
    flowing = 1 + max((node.spot.layer for node in diagram.nodes if node.name in {e.target for e in diagram.edges}), default=0)
    gaps = [GAP if layer < flowing else CLOSE for layer in range(1, diagram.layers)]
    height = sum(heights) + sum(gaps) + 2 * PADDING
    middles, top = [], height - PADDING
    for layer, gap in zip(heights, [*gaps, 0.0], strict=True):
        middles.append(top - layer / 2)
        top -= layer + gap
    return Scale((width - (diagram.breadth - 1) * ACROSS) / 2, middles, heights), height


def _node(axes: "Axes", box: Box, lines: Lines, colour: str) -> None:
    from matplotlib.patches import FancyBboxPatch

    style = "round,pad=0,rounding_size=6"
    size = (box.right - box.left, box.top - box.bottom)
    axes.add_patch(FancyBboxPatch((box.left, box.bottom), *size, boxstyle=style, facecolor=colour, alpha=0.15, linewidth=0))
    axes.add_patch(
        FancyBboxPatch((box.left, box.bottom), *size, boxstyle=style, facecolor="none", edgecolor=colour, linewidth=1.5)
    )
    at = (box.top + box.bottom + _height(lines)) / 2
    for line, points, weight in lines:
        step = drawing.line_height(points)
        axes.text((box.left + box.right) / 2, at - step / 2, line, size=points, weight=weight, ha="center", va="center")
        at -= step


Way = list[tuple[float, float]]  # a point, then for each Bézier curve two that draw it and the one it ends in


def _edges(axes: "Axes", diagram: Diagram, scale: Scale, theme: Theme) -> None:
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path

    spots = {node.name: node.spot for node in diagram.nodes}
    taken: list[Box] = []
    for edge in diagram.edges:
        way = _way([spots[edge.origin], *edge.bends, spots[edge.target]], _port(edge, diagram, spots), scale)
        path = Path(way, [Path.MOVETO, *[Path.CURVE4] * (len(way) - 1)])
        arrow = FancyArrowPatch(path=path, arrowstyle="-|>", mutation_scale=9, color=theme.ink, alpha=0.65, linewidth=1.1)
        axes.add_patch(arrow)
        taken.append(_label(axes, edge, way, taken, theme))


def _port(edge: DiagramEdge, diagram: Diagram, spots: dict[str, Spot]) -> float:
    """How far beside the middle of its target an edge ends: those of one target side by side, in the order they come from."""
    same = [other for other in diagram.edges if other.target == edge.target]
    same.sort(key=lambda other: (other.bends[-1] if other.bends else spots[other.origin]).across)
    return (same.index(edge) - (len(same) - 1) / 2) * min(26.0, WITHIN / len(same))


def _way(spots: list[Spot], port: float, scale: Scale) -> Way:
    """From the bottom of the first box to the top of the last, straight through the layers between."""
    boxes = [scale.box(spot) for spot in spots]
    middle = [(box.left + box.right) / 2 for box in boxes]
    middle[-1] += port
    way = [(middle[0], boxes[0].bottom)]
    for n in range(1, len(boxes)):
        half = (boxes[n - 1].bottom + boxes[n].top) / 2
        way += [(middle[n - 1], half), (middle[n], half), (middle[n], boxes[n].top)]
        if n < len(boxes) - 1:
            way += [way[-1], *[(middle[n], boxes[n].bottom)] * 2]
    return way


def _label(axes: "Axes", edge: DiagramEdge, way: Way, taken: list[Box], theme: Theme) -> Box:
    """Writes what flows where the way is free; the box it takes. Between bends there is most room."""
    said = words(edge)
    lines = list(said.values())
    half = max(drawing.width_of(line, SMALL) for line in lines) / 2 + 2
    tall = len(lines) * drawing.line_height(SMALL) / 2 + 1
    curve = way[3:7] if len(way) > 4 else way
    boxes = [Box(x - half, y - tall, x + half, y + tall) for x, y in (_point(curve, at) for at in ALONG)]
    box = next((box for box in boxes if not any(box.overlaps(other) for other in taken)), boxes[0])
    for n, (kind, line) in enumerate(said.items()):
        x, y = (box.left + box.right) / 2, box.top - 1 - (n + 0.5) * drawing.line_height(SMALL)
        text = axes.text(x, y, line, size=SMALL, ha="center", va="center", bbox=drawing.on_paper(theme))
        text.set_gid(f"flow-{edge.path}-{kind}")
    return box


def _point(curve: Way, at: float) -> tuple[float, float]:
    """The point at this share of a Bézier curve."""
    parts = ((1 - at) ** 3, 3 * at * (1 - at) ** 2, 3 * at**2 * (1 - at), at**3)
    x, y = (sum(part * point[n] for part, point in zip(parts, curve, strict=True)) for n in (0, 1))
    return x, y


def words(edge: DiagramEdge) -> dict[str, str]:
    """What flows on an edge, by kind: the rate "250/s", and what happens on the way: "5% of records", "size 40%"."""
    said = {"rate": drawing.per_second(edge.rate)}
    if edge.keep is not None:
        said["share"] = f"{exact(edge.keep * 100, 5)}% of records"
    if edge.each_batch:
        said["each"] = "each lot"
    if edge.size is not None:
        said["size"] = f"size {edge.size.given.text if edge.size.whole else f'{exact(edge.size.given.value * 100, 5)}%'}"
    if edge.aggregate is not None:
        said["aggregate"] = f"{exact(edge.aggregate, 5)} in one"
    return said


def described(diagram: Diagram) -> str:
    """The diagram in words."""
    services = {node.name: node.service for node in diagram.nodes}
    said = [
        f"{edge.origin} to {edge.target} ({services[edge.target]}): {', '.join(words(edge).values())}" for edge in diagram.edges
    ]
    targets = {edge.target for edge in diagram.edges}
    said += [f"{node.name} ({node.service}): no records" for node in diagram.nodes[1:] if node.name not in targets]
    return "; ".join(said) + "."
