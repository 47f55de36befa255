import click

from costmodel.cli import options
from costmodel.library import Library


@click.command("show")
@click.argument("name", metavar="NAME")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "mermaid", "yaml"]),
    default="text",
    show_default=True,
    help="mermaid: a pattern's diagram.",
)
@click.option("--library", multiple=True, metavar="DIR", help="Search this folder before the shipped one; repeatable.")
@options.output
def command(name: str, form: str, library: tuple[str, ...], output: str | None) -> None:
    """What a pattern, scenario, rate card or service is.

    \b
    costmodel show itl
    costmodel show itl --format mermaid
    costmodel show aws/us-east-1/2018-06
    costmodel show firehose
    """
    from costmodel.outputs import descriptions

    width = max(80, min(options.terminal_width(), 120))
    options.emit(descriptions.describe(name, Library(library), form, width), output)
