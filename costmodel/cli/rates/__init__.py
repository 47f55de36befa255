"""`costmodel rates`: what is done with rate cards themselves. One file per command, loaded when it is called."""

import click

from costmodel.cli import Commands

# The commands in the order of the help, and their files: `import` is no name for a module.
COMMANDS = {"import": "import_cards", "show": "show", "diff": "diff", "verify": "verify"}


@click.group("rates", cls=Commands, package="costmodel.cli.rates", files=COMMANDS)
def command() -> None:
    """Rate cards: import them from AWS's price lists, look at them, compare them, check them.

    \b
    costmodel rates import price-lists/ -o pricing
    costmodel rates show --region us-east-1 --service lambda
    costmodel rates diff aws/us-east-1/2018-06 my-card.yaml --pattern itl
    costmodel rates verify --region all
    """
