"""A tornado: for each input a bar from what the bill is at its low end to what it is at its high end, the widest above."""

from costmodel.outputs.charts import drawing
from costmodel.outputs.charts.drawing import LIGHT, MARGIN, TEXT, WIDTH, Drawing, Theme
from costmodel.outputs.words import exact, money
from costmodel.whatif.sensitivity import Sensitivity

BAR, SCALE = 28.0, 34.0  # heights


def draw(found: Sensitivity, theme: Theme = LIGHT) -> Drawing:
    model = found.model
    title = f"What moves the bill: {model.pattern.title}, {model.scenario.title}"
    names = [f"{s.of.path}\n{exact(s.low, 4)} to {exact(s.high, 4)}{s.of.suffix}" for s in found.swings]
    with drawing.styled(theme):
        left = min(max((drawing.width_of(part, TEXT) for name in names for part in name.split("\n")), default=0) + 10, WIDTH / 2)
        height = BAR * max(len(names), 1)
        figure = drawing.sheet(title, f"{drawing.dollars(model.card.currency)}, before tax", height + SCALE + 4)
        axes = drawing.panel(figure, MARGIN + left, MARGIN + SCALE, WIDTH - 2 * MARGIN - left, height)
        for n, swing in enumerate(found.swings):
            low, high = sorted((swing.at_low, swing.at_high))
            axes.barh(n, high - low, left=low, height=0.6, color=drawing.colour(0 if swing.at_high >= swing.at_low else 1))
        axes.axvline(found.total, color=theme.ink, linewidth=0.8, linestyle=":")
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.set_yticks(range(len(names)), names)
        drawing.ticks(axes.xaxis, "$", most=5)
        axes.grid(True, axis="x")
    said = " ".join(f"{swing.of.path}: {money(swing.at_low)} to {money(swing.at_high)}." for swing in found.swings)
    return Drawing(figure, theme, title, said or "No input changes the bill.")
