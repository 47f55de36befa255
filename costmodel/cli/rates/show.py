import click

from costmodel.cli import options
from costmodel.cli.rates import check_ending
from costmodel.library import Library
from costmodel.models import DEFAULT_REGION
from costmodel.outputs.cards import FORMATS


@click.command("show")
@click.argument("card", required=False, metavar="[CARD]", shell_complete=options.card_names)
@click.option(
    "--region",
    metavar="REGION",
    shell_complete=options.regions,
    help=f"The newest card of this region, where none is named; else of {DEFAULT_REGION}.",
)
@options.services
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="How to write it.")
@click.option("--library", multiple=True, metavar="DIR", help="Search this folder before the shipped one; repeatable.")
@options.output
def command(
    card: str | None, region: str | None, services: tuple[str, ...], form: str, library: tuple[str, ...], output: str | None
) -> None:
    """A rate card, by name or file: its prices with their sources and dates, free quantities and increments.

    CSV and JSON have all of it, unrounded; a terminal of 150 columns shows AWS's rate codes as well.

    \b
    costmodel rates show --region eu-west-1 --service lambda
    costmodel rates show aws/us-east-1/2018-06 --format csv -o card.csv
    """
    from costmodel.cards.opening import opened, selected
    from costmodel.cards.rows import rows
    from costmodel.outputs.cards.card import render

    check_ending(output, form)
    if card is not None and region is not None:
        raise click.UsageError(f"{card} is a card of one region; leave --region out")
    searched = Library(library)
    name = card or searched.newest_card(region or DEFAULT_REGION)
    found = opened(searched.find("pricing", name), searched)
    shown = rows(found, selected(services, found.card))
    options.emit(render(form, found, shown, options.terminal_width()), output)
