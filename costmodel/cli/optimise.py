from typing import TYPE_CHECKING, Any

import click

from costmodel.cli import options, writing
from costmodel.errors import InputError, Mistakes, Problem
from costmodel.models import Changed, Model, Terms

if TYPE_CHECKING:
    from costmodel.whatif.constraints import Constraint
    from costmodel.whatif.optimising import Optimum

FORMATS = ("table", "json", "markdown")


def choices(function: Any) -> Any:
    """What may be chosen, and under which constraints. The command gets `given` and `subject_to`, texts."""
    for option in (
        click.option(
            "--subject-to",
            "subject_to",
            multiple=True,
            metavar="CONSTRAINT",
            help="What it must keep to: 'plan holds', 'delay <= 60 s'. Repeatable.",
        ),
        click.option(
            "--choose",
            "given",
            multiple=True,
            metavar="PATH=CHOICE",
            help="What may be chosen: a range, 'ingest.buffer_size=1..128 MB', or a list, 'enrich.memory=512,1024 MB', also of "
            "words. Repeatable.",
        ),
    ):
        function = option(function)
    return function


@click.command("optimise", short_help="The cheapest setting under constraints.")
@options.patterns
@options.scenarios
@options.model
@choices
@options.limits
@writing.form(FORMATS)
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
    from costmodel.outputs.optimise import render
    from costmodel.whatif.constraints import PLAN

    form, output = writing.form_and_file(form, output, FORMATS)
    asked, constraints = asked_of(given, subject_to)
    terms = terms._replace(quotas=quotas, with_quotas=any(each.text == PLAN for each in constraints))
    model, open_again = options.opened(patterns, scenarios, terms, library, "an optimum is of one scenario")
    found = cheapest(model, asked, constraints, headroom, open_again)
    if form in writing.PICTURES:
        from costmodel.outputs.charts import optimise as chart

        writing.picture(chart.draw(found), form, output)
    else:
        options.emit(render(form, found, options.terminal_width()), output)


def asked_of(given: tuple[str, ...], subject_to: tuple[str, ...]) -> "tuple[dict[str, str], tuple[Constraint, ...]]":
    """What may be chosen, by path, and the constraints. Raises InputError with every mistake."""
    from costmodel.whatif.constraints import constraints_of

    mistakes, asked = Mistakes(), dict[str, str]()
    constraints: tuple[Constraint, ...] = ()
    with mistakes.noted():
        constraints = constraints_of(subject_to)
    with mistakes.noted():
        asked = options.pairs("--choose", given, "ingest.buffer_size=1..128 MB")
    if not given:
        mistakes.problems.append(Problem(None, "say what may be chosen: --choose 'ingest.buffer_size=1..128 MB'"))
    if mistakes.problems:
        raise InputError(*mistakes.problems)
    return asked, constraints


def cheapest(
    model: Model, asked: dict[str, str], constraints: "tuple[Constraint, ...]", headroom: float, changed: "Changed"
) -> "Optimum":
    """Raises InputError where nothing that may be chosen keeps to the constraints."""
    from costmodel.outputs.optimise import nothing_found
    from costmodel.whatif.choices import choices_of
    from costmodel.whatif.optimising import optimise

    found = optimise(model, choices_of(asked, model, changed), constraints, headroom, changed)
    if found.not_kept:
        raise InputError(nothing_found(found))
    return found
