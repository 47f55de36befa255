import os

import click

from costmodel.cli import options
from costmodel.errors import InputError
from costmodel.library import Library
from costmodel.yamlfile import find, load_text, read_text

EXAMPLES = {"pattern": "itl", "scenario": "small"}


@click.command("new", short_help="Writes NAME.yaml, a copy of a shipped file to start from.")
@click.argument("kind", type=click.Choice(list(EXAMPLES)))
@click.argument("name")
@click.option("--from", "example", metavar="NAME", help="The shipped pattern or scenario to copy; itl or small where left out.")
def command(kind: str, name: str, example: str | None) -> None:
    """Writes NAME.yaml, a copy of a shipped pattern or scenario, to start from.

    \b
    costmodel new pattern clicks
    costmodel new scenario black-friday --from large
    """
    if not name.replace("-", "").replace("_", "").isalnum() or not name.isascii():
        raise InputError(f"'{name}' is not a name for a file: use letters, digits, dashes and underscores")
    found = Library().find(f"{kind}s", example or EXAMPLES[kind])
    path = f"{name}.yaml"
    if os.path.lexists(path):
        raise InputError(f"{path} exists already; choose another name or remove it")
    text = read_text(found.path, found.shown)
    title = find(load_text(text, found.shown), "title")
    lines = [line for line in text.splitlines() if not line.startswith("# yaml-language-server")]
    words = name.replace("-", " ").replace("_", " ").capitalize()
    renamed = [f"title: {words}" if title is not None and line.startswith("title:") else line for line in lines]
    options.emit("\n".join(renamed) + "\n", path)
    other = "--scenario small" if kind == "pattern" else "--pattern itl"
    click.echo(f"{path} is a copy of {found.name}. Edit it, then: costmodel estimate --{kind} {path} {other}")
