import click

from costmodel.errors import InputError, Problem
from costmodel.library import Library


@click.command("validate", short_help="Checks files: every mistake, with its line and column.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--library", multiple=True, metavar="DIR", help="Search this folder before the shipped one; repeatable.")
def command(files: tuple[str, ...], library: tuple[str, ...]) -> None:
    """Checks files: patterns, scenarios, rate cards and published tables, every mistake with its line and column.

    \b
    costmodel validate my-pattern.yaml my-traffic.yaml
    """
    from costmodel.checking import check

    searched = Library(library)
    problems: list[Problem] = []
    for path in files:
        try:
            click.echo(f"{path}: a valid {check(path, searched)}")
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(*problems)
