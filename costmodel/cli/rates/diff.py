import click

from costmodel.cli import options
from costmodel.cli.rates import check_ending
from costmodel.library import Library
from costmodel.outputs.cards import FORMATS


@click.command("diff")
@click.argument("before", metavar="A", shell_complete=options.card_names)
@click.argument("after", metavar="B", shell_complete=options.card_names)
@click.option(
    "--pattern",
    "-p",
    metavar="NAME|FILE",
    shell_complete=options.pattern_names,
    help="Estimate this pattern at both cards.",
)
@click.option(
    "--scenario",
    "-s",
    "scenarios",
    multiple=True,
    metavar="NAME|FILE",
    shell_complete=options.scenario_names,
    help="The traffic of the estimates; repeatable. Without it: those that the pattern names.",
)
@options.services
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="How to write it.")
@click.option("--library", multiple=True, metavar="DIR", help="Search this folder before the shipped one; repeatable.")
@options.output
def command(
    before: str,
    after: str,
    pattern: str | None,
    scenarios: tuple[str, ...],
    services: tuple[str, ...],
    form: str,
    library: tuple[str, ...],
    output: str | None,
) -> None:
    """Two rate cards price by price, and with --pattern what that does to its estimate.

    Prices are compared per the same unit, at every amount of usage; where B is per another amount than A, in B's.

    \b
    costmodel rates diff aws/us-east-1/2018-06 my-card.yaml --service lambda
    costmodel rates diff aws/us-east-1/2018-06 my-card.yaml --pattern itl --scenario large
    """
    from costmodel.cards.differences import differences
    from costmodel.cards.effect import effect
    from costmodel.cards.opening import opened_all, selected
    from costmodel.outputs.cards.differences import render

    check_ending(output, form)
    if scenarios and pattern is None:
        raise click.UsageError(f"--scenario {scenarios[0]} has no pattern to be estimated with: add --pattern")
    if pattern is not None and form == "csv":
        raise click.UsageError("--format csv has the cards' differences only: take table or json with --pattern")
    searched = Library(library)
    cards = [opened.card for opened in opened_all((before, after), searched)]
    if len(cards) < 2:
        raise click.UsageError(f"{before} and {after} are the same card; name another to compare it with")
    first, second = cards
    effects = [] if pattern is None else effect((before, after), pattern, scenarios, searched)
    result = differences(first, second, selected(services, *cards))
    options.emit(render(form, result, (before, after), effects, options.terminal_width()), output)
