"""`costmodel rates`: what is done with rate cards themselves. One file per command, loaded when it is called."""

import click

from costmodel.cli import Commands
from costmodel.outputs.cards import FORMATS

# The commands in the order of the help, and their files: `import` is no name for a module.
COMMANDS = {"import": "import_cards", "show": "show", "diff": "diff", "verify": "verify"}


def check_ending(output: str | None, form: str) -> None:
    """Raises UsageError for a file whose name says that it is in another of the FORMATS than `form`."""
    said = (output or "").lower().rpartition(".")[2]
    if said in FORMATS and said != form:
        raise click.UsageError(f"{output} would hold {form}, not what its name says; --format {said} writes that")


@click.group(
    "rates",
    cls=Commands,
    package="costmodel.cli.rates",
    files=COMMANDS,
    short_help="Rate cards: import, look at, compare and check them.",
)
def command() -> None:
    """Rate cards: import them from AWS's price lists, look at them, compare them, check them.

    \b
    costmodel rates import price-lists/ -o pricing
    costmodel rates show --region us-east-1 --service lambda
    costmodel rates diff aws/us-east-1/2018-06 my-card.yaml --pattern itl
    costmodel rates verify --region all
    """
