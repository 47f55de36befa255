"""What each service costs now and with the cheapest setting."""

from costmodel.outputs.charts import drawing
from costmodel.outputs.charts.drawing import LIGHT, MARGIN, TEXT, WIDTH, Drawing, Theme
from costmodel.outputs.optimise import in_words
from costmodel.whatif.optimising import Optimum

BAR, SCALE = 34.0, 40.0  # heights
PALE = 0.35


def draw(found: Optimum, theme: Theme = LIGHT) -> Drawing:
    model = found.model
    title = f"The cheapest setting: {model.pattern.title}, {model.scenario.title}"
    names = [*dict.fromkeys([*found.now.services, *found.then.services])]
    with drawing.styled(theme):
        left = min(max((drawing.width_of(name, TEXT) for name in names), default=0) + 8, WIDTH / 2)
        height = BAR * max(len(names), 1)
        note = f"{drawing.dollars(model.card.currency)}, before tax: pale as it is now"
        figure = drawing.sheet(title, note, height + SCALE)
        axes = drawing.panel(figure, MARGIN + left, MARGIN + SCALE, WIDTH - 2 * MARGIN - left, height - 4)
        for n, name in enumerate(names):
            for services, place, alpha in ((found.now.services, n - 0.2, PALE), (found.then.services, n + 0.2, 1.0)):
                axes.barh(place, services.get(name, 0.0), height=0.38, color=drawing.colour(n), alpha=alpha)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.set_yticks(range(len(names)), names)
        axes.grid(True, axis="x")
        drawing.ticks(axes.xaxis, "$", most=5)
    return Drawing(figure, theme, title, " ".join(in_words(found)))
