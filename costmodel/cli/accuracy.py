import click

from costmodel.cli import options


def _case_ids(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from costmodel.published.accuracy import WHITEPAPER
    from costmodel.published.cases import read_cases

    return [name for name in (WHITEPAPER, *(case.id for case in read_cases())) if name.startswith(incomplete)]


@click.command("accuracy", short_help="How many published figures are reproduced.")
@click.argument("cases", nargs=-1, metavar="[CASE]...", shell_complete=_case_ids)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "markdown", "json"]),
    default="table",
    show_default=True,
    help="How to write it.",
)
@click.option("--check", is_flag=True, help="Exit with status 1 if a figure is not what its case says we find.")
@options.output
def command(cases: tuple[str, ...], form: str, check: bool, output: str | None) -> None:
    """How many published figures are reproduced: AWS's own examples, and cost tables of others.

    A CASE is shown line by line: what is printed, ours, and why they differ.

    \b
    costmodel accuracy
    costmodel accuracy W-LAM-1 CS07
    costmodel accuracy --check
    """
    from costmodel.outputs.accuracy import render
    from costmodel.published.accuracy import accuracies

    found = accuracies(cases)
    options.emit(render(form, found, bool(cases), options.terminal_width()), output)
    failed = [f"{accuracy.case.id}, {figure.what}" for accuracy in found for figure in accuracy.figures if not figure.holds]
    if check and failed:
        for name in failed:
            click.echo(f"not as the case says: {name}", err=True)
        raise click.exceptions.Exit(1)
