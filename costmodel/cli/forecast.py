from functools import partial
from typing import TYPE_CHECKING

import click

from costmodel.cli import options, writing
from costmodel.cli.growth import Growing, growth, growth_of
from costmodel.library import Library
from costmodel.models import Terms, changed, open_account

if TYPE_CHECKING:
    from costmodel.shapes import Word
    from costmodel.uncertainty.said import Said

TEXTS = ("table", "csv", "json", "markdown")


@click.command("forecast", short_help="Cost and limits month by month, as traffic grows.")
@options.patterns
@options.scenarios
@options.model
@options.limits
@options.ranges
@growth
@writing.form(TEXTS)
@options.output
def command(
    patterns: tuple[str, ...],
    scenarios: tuple[str, ...],
    terms: Terms,
    library: tuple[str, ...],
    quotas: str | None,
    headroom: float,
    ranges: "dict[Word, Said]",
    growing: Growing,
    form: str | None,
    output: str | None,
) -> None:
    """Cost and limits month by month, as traffic grows: when which tier is reached and which limit gives way.

    Month 0 is today. What is kept for a time fills up from then on; with --after, it has done so for as many months before,
    at today's traffic.

    \b
    costmodel forecast --pattern itl --scenario small --growth 10%/month
    costmodel forecast -p sensor -s medium --to 10x --format csv -o growth.csv
    costmodel forecast -p itl -s small --to 10x --format svg -o growth.svg
    """
    from costmodel.capacity import forecasts
    from costmodel.outputs.forecast import render
    from costmodel.uncertainty.reading import uncertain_of

    form, output = writing.form_and_file(form, output, TEXTS)
    grows = growth_of(growing, next((said for path, said in ranges.items() if path == forecasts.GROWTH), None))
    ranges = {path: said for path, said in ranges.items() if path != forecasts.GROWTH}
    searched, terms = Library(library), terms._replace(quotas=quotas, with_quotas=True)
    models = open_account(patterns, scenarios, terms=terms, library=searched)
    options.warn_of_age(models)
    open_again = partial(changed, patterns, terms, searched)
    uncertain = [uncertain_of(model, ranges, partial(open_again, model)) for model in models]
    found = [forecasts.forecast(model, grows, headroom, of) for model, of in zip(models, uncertain, strict=True)]
    if form in writing.PICTURES:
        from costmodel.outputs.charts import forecast as chart

        options.only([each.model for each in found], "a picture shows one scenario")
        writing.picture(chart.draw(found[0]), form, output)
    else:
        options.emit(render(form, found, options.terminal_width()), output)
