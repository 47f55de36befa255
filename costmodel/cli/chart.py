import click

from costmodel.cli import options
from costmodel.library import Library
from costmodel.models import Model, Terms, open_account
from costmodel.outputs.charts import CHARTS, ENDINGS

COST, TRAFFIC, GROWTH, DIAGRAM = CHARTS
OF_ONE_SCENARIO = (GROWTH, DIAGRAM)


@click.command("chart")
@click.argument("chart", type=click.Choice(CHARTS))
@options.patterns
@options.scenarios
@options.model
@click.option("--dark", is_flag=True, help="Light lines on a dark ground.")
@click.option("-o", "--output", metavar="FILE", help="The picture to write; its ending says what: .png, .svg or .pdf.")
def command(
    chart: str,
    patterns: tuple[str, ...],
    scenarios: tuple[str, ...],
    terms: Terms,
    library: tuple[str, ...],
    dark: bool,
    output: str | None,
) -> None:
    """Draws a picture, the same bytes every time: PNG, SVG or PDF.

    cost: by service, for each scenario. traffic: over the day or the week, for each scenario. growth: cost against
    traffic, from none to ten times the scenario's peak. diagram: the components and what flows between them.

    \b
    costmodel chart cost --pattern itl -o cost.svg
    costmodel chart growth -p sensor -s large -o growth.pdf
    costmodel chart diagram -p itl -s large --dark -o itl.png
    """
    path = options.ending(output, tuple(f".{ending}" for ending in ENDINGS), "picture")
    models = open_account(
        patterns,
        scenarios,
        terms=terms,
        library=Library(library),
    )
    options.warn_of_age(models)
    if chart in OF_ONE_SCENARIO:
        options.only(models, f"{chart} draws one scenario")
    options.emit(_drawn(chart, models, path.lower().rpartition(".")[2], dark), path)


def _drawn(chart: str, models: list[Model], form: str, dark: bool) -> bytes:
    from costmodel import charting
    from costmodel.estimating import Floats, bill_of_model, run
    from costmodel.outputs.charts import cost, diagram, growth, traffic
    from costmodel.outputs.charts.drawing import DARK, LIGHT, save

    theme = DARK if dark else LIGHT
    if chart == COST:
        drawing = cost.draw(charting.cost_by_service([bill_of_model(model) for model in models]), theme)
    elif chart == TRAFFIC:
        drawing = traffic.draw([charting.traffic_over_time(model) for model in models], theme)
    elif chart == GROWTH:
        drawing = growth.draw(charting.cost_against_traffic(models[0]), theme)
    else:
        drawing = diagram.draw(charting.diagram(models[0], run(models[0], Floats())), theme)
    return save(drawing, form)
