import click

from costmodel import services
from costmodel.cli import options
from costmodel.errors import InputError
from costmodel.library import Library
from costmodel.outputs.grid import Column, lines
from costmodel.yamlfile import find

KINDS = {"patterns": "patterns", "scenarios": "scenarios", "rates": "pricing", "quotas": "quotas", "services": ""}


@click.command("list", short_help="The patterns, scenarios, cards, quota sheets and services.")
@click.argument("what", type=click.Choice(list(KINDS)))
@click.option("--library", multiple=True, metavar="DIR", help="Search this folder before the shipped one; repeatable.")
@options.output
def command(what: str, library: tuple[str, ...], output: str | None) -> None:
    """The patterns, scenarios, rate cards, quota sheets or services there are.

    \b
    costmodel list patterns
    costmodel list rates --library my-prices
    """
    if what == "services":
        rows = [(service.key, f"{service.name}: {service.doc}") for service in services.every()]
    else:
        rows = _titles(Library(library), KINDS[what])
    longest = max((len(name) for name, _ in rows), default=0)
    columns = [Column("", longest), Column("", 20)]
    sizes = [longest, max(80, min(options.terminal_width(), 160)) - longest - 2]
    options.emit("".join(f"{line}\n" for row in rows for line in lines([*row], columns, sizes)), output)


def _titles(library: Library, kind: str) -> list[tuple[str, str]]:
    """Names with their titles; a file that cannot be read says why instead."""
    rows = []
    for name in library.names(kind):
        try:
            title = find(library.load(kind, library.find(kind, name)), "title")
            rows.append((name, title.value if title is not None else ""))
        except InputError as error:
            rows.append((name, f"(not usable: {error.problems[0]})"))
    return rows
