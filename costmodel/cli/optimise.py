from functools import partial

import click

from costmodel.cli import options
from costmodel.errors import InputError, Mistakes
from costmodel.library import Library
from costmodel.models import Terms, changed, open_account

FORMATS = ("table", "json", "markdown")


@click.command("optimise", short_help="The cheapest setting under constraints.")
@options.patterns
@options.scenarios
@options.model
@click.option(
    "--choose",
    "given",
    multiple=True,
    required=True,
    metavar="PATH=CHOICE",
    help="What may be chosen: a range, 'ingest.buffer_size=1..128 MB', or a list, 'enrich.memory=512,1024 MB', also of words. "
    "Repeatable.",
)
@click.option(
    "--subject-to",
    "subject_to",
    multiple=True,
    metavar="CONSTRAINT",
    help="What it must keep to: 'plan holds', 'delay <= 60 s'. Repeatable.",
)
@options.limits
@click.option("--format", "form", type=click.Choice(FORMATS), help="How to write it; else as -o ends, else a table.")
@options.output
def command(
    patterns: tuple[str, ...],
    scenarios: tuple[str, ...],
    terms: Terms,
    library: tuple[str, ...],
    given: tuple[str, ...],
    subject_to: tuple[str, ...],
    quotas: str | None,
    headroom: float,
    form: str | None,
    output: str | None,
) -> None:
    """The cheapest of the settings that may be chosen, under constraints; with what it saves and which constraint binds.

    \b
    costmodel optimise --pattern itl --scenario large \\
      --choose ingest.input.aggregate=1..100
    costmodel optimise -p itl -s large --choose 'ingest.buffer_size=1..128 MB' \\
      --choose 'ingest.buffer_interval=1..900 s' --subject-to 'delay <= 60 s'
    """
    from costmodel.outputs.optimise import nothing_found, render
    from costmodel.whatif.choices import choices_of
    from costmodel.whatif.constraints import PLAN, constraints_of
    from costmodel.whatif.optimising import optimise

    mistakes = Mistakes()
    with mistakes.noted():
        constraints = constraints_of(subject_to)
    with mistakes.noted():
        asked = options.pairs("--choose", given, "ingest.buffer_size=1..128 MB")
    if mistakes.problems:
        raise InputError(*mistakes.problems)
    searched = Library(library)
    terms = terms._replace(quotas=quotas, with_quotas=any(each.text == PLAN for each in constraints))
    model = options.only(open_account(patterns, scenarios, terms=terms, library=searched), "an optimum is of one scenario")
    options.warn_of_age([model])
    open_again = partial(changed, patterns, terms, searched, model)
    found = optimise(model, choices_of(asked, model, open_again), constraints, headroom, open_again)
    if found.not_kept:
        raise InputError(nothing_found(found))
    options.emit(render(options.form_of(form, output, FORMATS), found, options.terminal_width()), output)
