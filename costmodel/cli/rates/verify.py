import click

from costmodel.cli import options
from costmodel.library import Library

ALL = "all"


@click.command("verify")
@click.argument("cards", nargs=-1, metavar="[CARD...]", shell_complete=options.card_names)
@click.option(
    "--region",
    "regions",
    multiple=True,
    metavar="REGION|all",
    shell_complete=options.regions,
    help="The newest card of this region, or of each there is; repeatable.",
)
@click.option(
    "--check",
    is_flag=True,
    help="Exit with status 1 if a card lacks a price of a service it has, is over a year old, or has another region or date than "
    "its place or its prices.",
)
@click.option("--library", multiple=True, metavar="DIR", help="Search this folder before the shipped one; repeatable.")
def command(cards: tuple[str, ...], regions: tuple[str, ...], check: bool, library: tuple[str, ...]) -> None:
    """Checks whole rate cards, by name or file: mistakes such as gaps, overlaps and wrong units, all at once.

    Of cards without mistakes it says what they lack, what is not sure, and how old they are.

    \b
    costmodel rates verify my-card.yaml
    costmodel rates verify --region all --check
    """
    from datetime import UTC, datetime

    from costmodel.cards import findings
    from costmodel.cards.opening import opened_all
    from costmodel.outputs.cards.findings import failures, render

    searched = Library(library)
    asked = [region for given in regions for region in (searched.regions() if given == ALL else [given])]
    if not cards and not asked:
        raise click.UsageError("name a rate card, or the newest ones with --region")
    today = datetime.fromtimestamp(options.today(), UTC).date()
    checked = [findings.check(opened, today) for opened in opened_all(cards, searched, asked)]
    click.echo(render(checked, options.terminal_width()), nl=False)
    failed = failures(checked) if check else []
    for line in failed:
        click.echo(line, err=True)
    if failed:
        raise click.exceptions.Exit(1)
