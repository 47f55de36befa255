import click

from costmodel.cli import amounts, options
from costmodel.library import Library
from costmodel.models import Terms, open_account
from costmodel.outputs import BOOKS, FORMATS, WITH_PRINTED_BASIS, render

# What other ways there are to files of these names.
_ELSEWHERE = {".xlsx": "--format xlsx", ".html": "costmodel report", ".png": "costmodel chart", ".svg": "costmodel chart"}


@click.command("estimate")
@options.patterns
@options.scenarios
@options.model
@click.option("--basis", type=click.Choice(["printed", "corrected"]), help="As the whitepaper prints it, or as the model has it.")
@click.option(
    "--format", "form", type=click.Choice([*FORMATS, *BOOKS]), default="table", show_default=True, help="How to write it."
)
@click.option(
    "--budget",
    type=amounts.Money(),
    metavar="AMOUNT",
    help="Exit with status 1 if the corrected total of a month is over this.",
)
@options.output
def command(
    patterns: tuple[str, ...],
    scenarios: tuple[str, ...],
    terms: Terms,
    library: tuple[str, ...],
    basis: str | None,
    form: str,
    budget: float | None,
    output: str | None,
) -> None:
    """What a month costs, line by line. Several patterns are one account's bill: they share free quantities and tiers.

    The nine estimates that the whitepaper prints are shown as printed, with its errata and the corrected total; with
    anything changed, and for every other estimate, figures are the model's.

    \b
    costmodel estimate --pattern itl --scenario large
    costmodel estimate --pattern sensor
    costmodel estimate -p sensor -p itl -s large --region eu-west-1
    costmodel estimate -p itl -s large --set traffic.times=3 --budget 500
    costmodel estimate -p my.yaml -s traffic.yaml --format json -o bill.json
    costmodel estimate -p itl --format xlsx -o estimate.xlsx
    """
    from costmodel.published.statement import CORRECTED, PRINTED, statements

    if basis == PRINTED and form not in WITH_PRINTED_BASIS:
        allowed = " and ".join(WITH_PRINTED_BASIS)
        raise click.UsageError(f"--basis printed is for the formats {allowed}; {form} is always on the corrected basis")
    if form not in BOOKS and output is not None and output.lower().endswith(tuple(_ELSEWHERE)):
        how = _ELSEWHERE[output[output.rindex(".") :].lower()]
        raise click.UsageError(f"{output} would hold {form}, not what its name says; {how} writes that")
    if form in BOOKS:
        output = options.ending(output, tuple(f".{book}" for book in BOOKS), "workbook")
    models = open_account(
        patterns,
        scenarios,
        terms=terms._replace(with_quotas=form in BOOKS),  # a workbook has a plan
        library=Library(library),
    )
    options.warn_of_age(models)
    default = CORRECTED if budget is not None or form not in WITH_PRINTED_BASIS else None
    stated = statements(models, basis or default)
    if len({s.basis for s in stated}) > 1:  # side by side, estimates stand on one basis
        stated = statements(models, CORRECTED)
    if form in BOOKS:
        from costmodel.outputs import workbook

        rest = [*options.arguments(terms, library), "--format", form]
        options.emit(workbook.render(models, options.made_by("estimate", patterns, scenarios, rest)), output)
    else:
        options.emit(render(form, stated, options.terminal_width()), output)
    if budget is not None:
        _check_budget(budget, [(s.bill.scenario, s.corrected_total) for s in stated])


def _check_budget(budget: float, totals: list[tuple[str, float]]) -> None:
    from costmodel.outputs.words import money

    over = [(scenario, total) for scenario, total in totals if total > budget]
    for scenario, total in over:
        click.echo(
            f"over budget: {scenario} costs {money(total)} a month, {money(total - budget)} over {money(budget)}",
            err=True,
        )
    if over:
        raise click.exceptions.Exit(1)
