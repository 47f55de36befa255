from typing import TYPE_CHECKING

import click

from costmodel.cli import options
from costmodel.errors import InputError
from costmodel.library import Library
from costmodel.models import Terms, open_account

if TYPE_CHECKING:
    from costmodel.capacity.forecasts import Forecast

TEXTS = ("table", "csv", "json", "markdown")
PICTURES = ("svg", "png", "pdf")


@click.command("forecast", short_help="Cost and limits month by month, as traffic grows.")
@options.patterns
@options.scenarios
@options.model
@options.limits
@click.option("--growth", metavar="SHARE", help="More traffic every month or year: 8%/month, 50%/year.")
@click.option("--to", "multiple", metavar="TIMES", help="Or so many times today's traffic in the last month: 10x.")
@click.option("--csv", "file", metavar="FILE", help="Or a file with the columns month (from 0) and times.")
@click.option("--months", type=click.IntRange(0, 600), default=24, show_default=True, help="How many months from today, month 0.")
@click.option(
    "--format", "form", type=click.Choice([*TEXTS, *PICTURES]), default="table", show_default=True, help="How to write it."
)
@options.output
def command(
    patterns: tuple[str, ...],
    scenarios: tuple[str, ...],
    terms: Terms,
    library: tuple[str, ...],
    quotas: str | None,
    headroom: float,
    growth: str | None,
    multiple: str | None,
    file: str | None,
    months: int,
    form: str,
    output: str | None,
) -> None:
    """Cost and limits month by month, as traffic grows: when which tier is reached and which limit gives way.

    Month 0 is today. What is kept for a time fills up from then on; with --after, from as many months before.

    \b
    costmodel forecast --pattern itl --scenario small --growth 10%/month
    costmodel forecast -p sensor -s medium --to 10x --format csv -o growth.csv
    costmodel forecast -p itl -s small --to 10x --format svg -o growth.svg
    """
    from costmodel.capacity import forecasts
    from costmodel.outputs.forecast import render

    said = [text for text in (growth, multiple, file) if text is not None]
    if len(said) != 1:
        raise InputError("say how traffic grows, in one way: --growth 8%/month, --to 10x or --csv FILE")
    if form in PICTURES:
        output = options.ending(output, (f".{form}",), "picture")
    grows = (
        forecasts.by_rate(growth, months)
        if growth is not None
        else forecasts.up_to(multiple, months)
        if multiple is not None
        else forecasts.from_csv(str(file))
    )
    searched, terms = Library(library), terms._replace(quotas=quotas, with_quotas=True)
    models = open_account(patterns, scenarios, terms=terms, library=searched)
    options.warn_of_age(models)
    found = [forecasts.forecast(model, grows, headroom) for model in models]
    if form in PICTURES:
        options.emit(_drawn(found, form), output)
    else:
        options.emit(render(form, found, options.terminal_width()), output)


def _drawn(found: "list[Forecast]", form: str) -> bytes:
    from costmodel.outputs.charts import forecast
    from costmodel.outputs.charts.drawing import LIGHT, save

    if len(found) > 1:
        names = ", ".join(each.model.scenario.name for each in found)
        raise InputError(f"a picture shows one scenario; name it with --scenario, one of {names}")
    return save(forecast.draw(found[0], LIGHT), form)
