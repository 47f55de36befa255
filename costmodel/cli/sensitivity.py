from typing import TYPE_CHECKING

import click

from costmodel.cli import amounts, options, writing
from costmodel.models import Terms

if TYPE_CHECKING:
    from costmodel.shapes import Word
    from costmodel.uncertainty.said import Said

FORMATS = ("table", "csv", "json", "markdown")


@click.command("sensitivity", short_help="Which inputs move the bill.")
@options.patterns
@options.scenarios
@options.model
@click.option(
    "--by",
    type=amounts.ShareBelowAll("leaves nothing of an input", "leaves every input as it is"),
    default="10%",
    show_default=True,
    help="How far each input goes either way.",
)
@options.ranges
@click.option("--prices", is_flag=True, help="Vary the prices of the rate card, too.")
@click.option("--top", type=click.IntRange(1), default=15, show_default=True, help="How many inputs are shown.")
@writing.form(FORMATS)
@options.output
def command(
    patterns: tuple[str, ...],
    scenarios: tuple[str, ...],
    terms: Terms,
    library: tuple[str, ...],
    by: float,
    ranges: "dict[Word, Said]",
    prices: bool,
    top: int,
    form: str | None,
    output: str | None,
) -> None:
    """Which inputs move the bill: each from below to above what it is, the others as they are; the widest swing first.

    Of what is uncertain, by ranges: in the scenario and --range, also its share of the bill's variance (Sobol indices).

    \b
    costmodel sensitivity --pattern itl --scenario large
    costmodel sensitivity -p itl -s large --by 50% -o tornado.svg
    costmodel sensitivity -p itl -s large --range 'ingest.buffer_size=1..128 MB'
    """
    from costmodel.outputs.sensitivity import render
    from costmodel.uncertainty.reading import uncertain_of
    from costmodel.whatif.sensitivity import sensitivity

    form, output = writing.form_and_file(form, output, FORMATS)
    model, open_again = options.opened(patterns, scenarios, terms, library, "it is asked of one scenario")
    found = sensitivity(model, by, uncertain_of(model, ranges, open_again), prices)
    if form in writing.PICTURES:
        from costmodel.outputs.charts import sensitivity as chart

        writing.picture(chart.draw(found._replace(swings=found.swings[:top])), form, output)
    else:
        options.emit(render(form, found, top, options.terminal_width()), output)
