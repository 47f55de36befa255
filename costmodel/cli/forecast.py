from functools import partial
from typing import TYPE_CHECKING

import click

from costmodel.cli import options
from costmodel.errors import InputError
from costmodel.library import Library
from costmodel.models import Terms, changed, open_account

if TYPE_CHECKING:
    from costmodel.capacity.forecasts import Forecast, Growth

TEXTS = ("table", "csv", "json", "markdown")
PICTURES = ("svg", "png", "pdf")
DEFAULT_MONTHS = 24


@click.command("forecast", short_help="Cost and limits month by month, as traffic grows.")
@options.patterns
@options.scenarios
@options.model
@options.limits
@options.ranges
@click.option("--growth", metavar="SHARE", help="More traffic every month or year: 8%/month, 50%/year.")
@click.option("--to", "multiple", metavar="TIMES", help="Or so many times today's traffic in the last month: 10x.")
@click.option("--csv", "file", metavar="FILE", help="Or a file with the columns month (from 0) and times.")
@click.option("--months", type=click.IntRange(0, 600), help="How many months from today, month 0: 24 where left out.")
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
    ranges: dict[str, str],
    growth: str | None,
    multiple: str | None,
    file: str | None,
    months: int | None,
    form: str,
    output: str | None,
) -> None:
    """Cost and limits month by month, as traffic grows: when which tier is reached and which limit gives way.

    Month 0 is today. What is kept for a time fills up from then on; with --after, it has done so for as many months before,
    at today's traffic. The ending of -o says the format of a picture.

    \b
    costmodel forecast --pattern itl --scenario small --growth 10%/month
    costmodel forecast -p sensor -s medium --to 10x --format csv -o growth.csv
    costmodel forecast -p itl -s small --to 10x --format svg -o growth.svg
    """
    from costmodel.capacity import forecasts
    from costmodel.capacity.chances import ranges_of
    from costmodel.outputs.forecast import render

    ending = (output or "").rpartition(".")[2].lower()
    if ending in PICTURES and form == TEXTS[0]:
        form = ending
    if form in PICTURES:
        output = options.ending(output, (f".{form}",), "picture")
    grows = _growth(growth, multiple, file, months, ranges.pop(forecasts.GROWTH, None))
    searched, terms = Library(library), terms._replace(quotas=quotas, with_quotas=True)
    models = open_account(patterns, scenarios, terms=terms, library=searched)
    options.warn_of_age(models)
    open_again = partial(changed, patterns, terms, searched)
    found = [forecasts.forecast(model, grows, headroom, ranges_of(model, ranges, partial(open_again, model))) for model in models]
    if form in PICTURES:
        options.emit(_drawn(found, form), output)
    else:
        options.emit(render(form, found, options.terminal_width()), output)


def _growth(growth: str | None, multiple: str | None, file: str | None, months: int | None, between: str | None) -> "Growth":
    from costmodel.capacity.forecasts import by_rate, from_csv, up_to

    if [growth, multiple, file].count(None) != 2:
        raise InputError("say how traffic grows, in one way: --growth 8%/month, --to 10x or --csv FILE")
    if growth is not None:
        return by_rate(growth, DEFAULT_MONTHS if months is None else months, between)
    if between is not None:
        raise InputError(f"--range growth={between} is of --growth; with --to and --csv, months have one size: leave it out")
    if multiple is not None:
        return up_to(multiple, DEFAULT_MONTHS if months is None else months)
    if months is not None:
        raise InputError("the file says for which months; leave --months out")
    return from_csv(str(file))


def _drawn(found: "list[Forecast]", form: str) -> bytes:
    from costmodel.outputs.charts import forecast
    from costmodel.outputs.charts.drawing import LIGHT, save

    if len(found) > 1:
        names = ", ".join(each.model.scenario.name for each in found)
        raise InputError(f"a picture shows one scenario; name it with --scenario, one of {names}")
    return save(forecast.draw(found[0], LIGHT), form)
