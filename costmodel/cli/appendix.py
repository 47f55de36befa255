import click

from costmodel.cli import options


@click.command("appendix")
@click.option("--table", "number", type=click.Choice(["3", "4", "5"]), help="Only this table.")
@click.option(
    "--basis",
    type=click.Choice(["printed", "corrected"]),
    default="printed",
    show_default=True,
    help="As printed, or the right figures.",
)
@click.option("--check", is_flag=True, help="Recompute all printed figures; exit with status 1 if one cannot be accounted for.")
@options.output
def command(number: str | None, basis: str, check: bool, output: str | None) -> None:
    """The cost tables of the whitepaper's appendix, recomputed.

    Cells that an erratum touches carry its letter; the errata are listed below the tables.

    \b
    costmodel appendix
    costmodel appendix --table 5 --basis corrected
    costmodel appendix --check
    """
    from costmodel.outputs import appendix as rendered
    from costmodel.published.appendix import check as check_all
    from costmodel.published.derivation import Derivation

    derivation = Derivation()
    if not check:
        tables = [f"table_{number}"] if number else list(derivation.paper.tables)
        options.emit(rendered.render(derivation, tables, basis, options.terminal_width()), output)
        return
    if number:
        raise click.UsageError("--check recomputes all tables; leave --table out")
    result = check_all(derivation)
    options.emit(rendered.render_check(result), output)
    if result.neither:
        raise click.exceptions.Exit(1)
