import click

from costmodel.cli import options
from costmodel.cli.compare import operands_of
from costmodel.comparing import Operand, compare
from costmodel.errors import InputError
from costmodel.library import Library
from costmodel.models import Terms

FORMATS = ("table", "json")
PICTURES = ("svg", "png", "pdf")


@click.command("breakeven", short_help="Where the cheaper of several designs changes.")
@click.argument("operands", nargs=-1, required=True, metavar="A B...", shell_complete=options.joined_names)
@options.otherwise
@options.model
@click.option(
    "--vary",
    "varied",
    required=True,
    metavar="PATH=LOW..HIGH",
    help="The input along which they are compared: traffic.peak_rate=1..100000, 'traffic.record_size=1..100 KB'.",
)
@click.option("--format", "form", type=click.Choice([*FORMATS, *PICTURES]), help="How to write it; else as -o ends.")
@options.output
def command(
    operands: tuple[str, ...],
    pattern: str | None,
    scenario: str | None,
    terms: Terms,
    library: tuple[str, ...],
    varied: str,
    form: str | None,
    output: str | None,
) -> None:
    """The traffic, or any other input, from which on another design is cheaper: to the last digit, with what it costs there.

    A, B and so on are patterns, scenarios or rate cards by name or file, several joined by a comma, as for compare.

    \b
    costmodel breakeven itl analytics -s large --vary traffic.times=0.001..10
    costmodel breakeven ours.yaml theirs.yaml -s medium --vary traffic.times=1..9
    """
    from costmodel.outputs.breakeven import render
    from costmodel.whatif.breakeven import axis_input, break_even
    from costmodel.whatif.points import stretch

    if len(operands) < 2:
        raise click.UsageError(f"'{operands[0]}' is compared with nothing; name two or more")
    form = options.form_of(form, output, (*FORMATS, *PICTURES))
    if form in PICTURES:
        output = options.ending(output, (f".{form}",), "picture")
    searched = Library(library)
    compared = compare(operands_of(operands, searched), otherwise=Operand("", pattern, scenario), terms=terms, library=searched)
    if len(compared.models) < len(compared.estimates):
        raise InputError("a saved estimate has no input that could vary; name its pattern and scenario")
    options.warn_of_age(compared.models)
    path, _, text = varied.partition("=")
    subjects, of = axis_input(compared.models, path.strip())
    axis = stretch(path.strip(), text, of, sorted({name for subject in subjects for name in subject.inputs}))
    found = break_even(subjects, [estimate.name for estimate in compared.estimates], axis)
    if form in PICTURES:
        from costmodel.outputs.charts import breakeven
        from costmodel.outputs.charts.drawing import LIGHT, save

        options.emit(save(breakeven.draw(found, LIGHT), form), output)
    else:
        options.emit(render(form, found, options.terminal_width()), output)
