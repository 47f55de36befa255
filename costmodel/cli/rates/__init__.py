"""`costmodel rates`: what is done with rate cards themselves. One file per command, loaded when it is called."""

import click

from costmodel.cli import Commands

# The commands in the order of the help, and their files: `import` is no name for a module.
COMMANDS = {"import": "import_cards"}


@click.group("rates", cls=Commands, package="costmodel.cli.rates", files=COMMANDS)
def command() -> None:
    """Rate cards: import them from AWS's price lists.

    \b
    costmodel rates import price-lists/ -o pricing
    """
