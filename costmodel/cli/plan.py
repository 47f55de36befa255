from functools import partial
from typing import TYPE_CHECKING

import click

from costmodel.cli import options
from costmodel.library import Library
from costmodel.models import Terms, changed, open_account

if TYPE_CHECKING:
    from costmodel.shapes import Word
    from costmodel.uncertainty.said import Said

FORMATS = ("table", "csv", "json", "markdown")


@click.command("plan", short_help="Whether a design holds at the peak.")
@options.patterns
@options.scenarios
@options.model
@options.limits
@options.ranges
@click.option("--format", "form", type=click.Choice(FORMATS), help="How to write it; else as -o ends, else a table.")
@click.option("--check", is_flag=True, help="Exit with status 1 if something breaks.")
@options.output
def command(
    patterns: tuple[str, ...],
    scenarios: tuple[str, ...],
    terms: Terms,
    library: tuple[str, ...],
    quotas: str | None,
    headroom: float,
    ranges: "dict[Word, Said]",
    form: str | None,
    check: bool,
    output: str | None,
) -> None:
    """Whether a design holds at the peak: every load against its quota or what is provisioned, and what mends what breaks.

    \b
    costmodel plan --pattern itl --scenario large
    costmodel plan -p sensor -s large --headroom 30%
    costmodel plan -p sensor -p itl -s medium --quotas aws/2026-11 --check
    costmodel plan -p itl -s large --range 'traffic.times=0.8 .. 1.5'
    """
    from costmodel.capacity.plans import plan
    from costmodel.outputs.limits import what
    from costmodel.outputs.plan import render
    from costmodel.uncertainty.reading import uncertain_of

    searched, terms = Library(library), terms._replace(quotas=quotas, with_quotas=True)
    models = open_account(patterns, scenarios, terms=terms, library=searched)
    options.warn_of_age(models)

    open_again = partial(changed, patterns, terms, searched)
    uncertain = [uncertain_of(model, ranges, partial(open_again, model)) for model in models]
    plans = [plan(model, headroom, partial(open_again, model), of) for model, of in zip(models, uncertain, strict=True)]
    options.emit(render(options.form_of(form, output, FORMATS), plans, options.terminal_width()), output)
    if check and any(each.failing for each in plans):
        for each in plans:
            for judged in each.failing:
                how = "breaks in bursts" if judged in each.breaks_in_bursts else "breaks"
                click.echo(f"{how}: {what(judged.check)} ({each.model.scenario.name})", err=True)
        raise click.exceptions.Exit(1)
