import click

from costmodel.cli import options, writing
from costmodel.cli.compare import operands_of
from costmodel.comparing import Operand, compare
from costmodel.errors import InputError, Mistakes, Place
from costmodel.library import Library
from costmodel.models import Terms
from costmodel.shapes import Word

FORMATS = ("table", "json")


@click.command("breakeven", short_help="Where the cheaper of several designs changes.")
@click.argument("operands", nargs=-1, required=True, metavar="A B...", shell_complete=options.joined_names)
@options.otherwise
@options.model
@click.option(
    "--variant",
    "variants",
    multiple=True,
    metavar="PATH=VALUE[; ...]",
    help="One more design: the first with this changed, as by --set: 'enrich.memory=1 GB; enrich.duration=60 ms'. Repeatable.",
)
@click.option(
    "--vary",
    "varied",
    required=True,
    metavar="PATH=LOW..HIGH",
    help="The input along which they are compared: traffic.peak_rate=1..100000, 'traffic.record_size=1..100 KB'.",
)
@writing.form(FORMATS)
@options.output
def command(
    operands: tuple[str, ...],
    pattern: str | None,
    scenario: str | None,
    terms: Terms,
    library: tuple[str, ...],
    variants: tuple[str, ...],
    varied: str,
    form: str | None,
    output: str | None,
) -> None:
    """The traffic, or any other input, from which on another design is cheaper: to the last digit, with what it costs there.

    A, B and so on are patterns, scenarios or rate cards by name or file, several joined by a comma, as for compare; with
    --variant one is enough. What a variant sets stays so in it, also where --vary varies it in the others.

    \b
    costmodel breakeven itl analytics -s large --vary traffic.times=0.001..10
    costmodel breakeven ours.yaml theirs.yaml -s medium --vary traffic.times=1..9
    costmodel breakeven itl -s large --variant 'enrich.memory=1 GB' \\
      --vary traffic.times=0.1..10
    """
    from costmodel.outputs.breakeven import render
    from costmodel.whatif.breakeven import axis_input, break_even
    from costmodel.whatif.points import stretch

    if len(operands) + len(variants) < 2:
        raise click.UsageError(f"'{operands[0]}' is compared with nothing; name two or more, or say what varies with --variant")
    form, output = writing.form_and_file(form, output, FORMATS)
    searched = Library(library)
    designs = operands_of(operands, searched)
    designs += _variants(designs[0], variants)
    compared = compare(designs, otherwise=Operand("", pattern, scenario), terms=terms, library=searched)
    if len(compared.models) < len(compared.estimates):
        raise InputError("a saved estimate has no input that could vary; name its pattern and scenario")
    options.warn_of_age(compared.models)
    path, _, text = varied.partition("=")
    subjects, of = axis_input(compared.models, path.strip())
    axis = stretch(path.strip(), text, of, sorted({name for subject in subjects for name in subject.inputs}))
    fixed = [n for n, design in enumerate(designs) if axis.of.path in design.changes]
    found = break_even(subjects, [design.name for design in designs], axis, fixed)
    if form in writing.PICTURES:
        from costmodel.outputs.charts import breakeven

        writing.picture(breakeven.draw(found), form, output)
    else:
        options.emit(render(form, found, options.terminal_width()), output)


def _variants(of: Operand, texts: tuple[str, ...]) -> list[Operand]:
    """The designs that differ from one in what each text says, "enrich.memory=1 GB; enrich.duration=60 ms". Raises InputError."""
    mistakes = Mistakes()
    found = []
    for text in texts:
        with mistakes.noted():
            parts = tuple(part.strip() for part in text.split(";") if part.strip())
            changes = options.pairs("--variant", parts or (text,), "enrich.memory=1 GB; enrich.duration=60 ms")
            said = " and ".join(f"{path} {value}" for path, value in changes.items())
            place = Place(f"--variant '{text}'")
            own = {path: Word(value, place) for path, value in changes.items()}
            found.append(of._replace(name=f"{of.name} with {said}", changes=own))
    if mistakes.problems:
        raise InputError(*mistakes.problems)
    names = [variant.name for variant in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(*(f"there are two variants '{name}'" for name in twice))
    return found
