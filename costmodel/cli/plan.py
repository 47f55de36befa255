from functools import partial

import click

from costmodel.cli import options
from costmodel.library import Library
from costmodel.models import Model, Terms, open_account

FORMATS = ("table", "csv", "json", "markdown")


@click.command("plan", short_help="Whether a design holds at the peak.")
@options.patterns
@options.scenarios
@options.model
@options.limits
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="How to write it.")
@click.option("--check", is_flag=True, help="Exit with status 1 if something breaks.")
@options.output
def command(
    patterns: tuple[str, ...],
    scenarios: tuple[str, ...],
    terms: Terms,
    library: tuple[str, ...],
    quotas: str | None,
    headroom: float,
    form: str,
    check: bool,
    output: str | None,
) -> None:
    """Whether a design holds at the peak: every load against its quota or what is provisioned, and what mends what breaks.

    \b
    costmodel plan --pattern itl --scenario large
    costmodel plan -p sensor -s large --headroom 30%
    costmodel plan -p sensor -p itl -s medium --quotas aws/2026-11 --check
    """
    from costmodel.capacity.plans import plan
    from costmodel.outputs.plan import render

    searched, terms = Library(library), terms._replace(quotas=quotas, with_quotas=True)
    models = open_account(patterns, scenarios, terms=terms, library=searched)
    options.warn_of_age(models)

    def total(model: Model, changes: dict[str, object]) -> float:
        from costmodel.estimating import Floats, run

        changed = terms._replace(changes={**terms.changes, **changes})
        (again,) = open_account(patterns, [model.scenario.path], terms=changed, library=searched)
        return float(run(again, Floats()).total)

    plans = [plan(model, headroom, partial(total, model)) for model in models]
    options.emit(render(form, plans, options.terminal_width()), output)
    broken = [judged for each in plans for judged in each.breaks]
    if check and broken:
        for judged in broken:
            click.echo(f"breaks: {judged.check.item} of {', '.join(judged.check.components)}", err=True)
        raise click.exceptions.Exit(1)
