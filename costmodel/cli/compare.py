import os

import click

from costmodel.cli import options
from costmodel.comparing import Comparison, Operand, compare, exceeds
from costmodel.errors import InputError, Mistakes, did_you_mean
from costmodel.library import ESTIMATED, WHAT, Library
from costmodel.models import Terms
from costmodel.outputs.compare import FORMATS, render

SAVED = "saved"
_WORDS = {**WHAT, SAVED: "saved estimate"}


class _Increase(click.ParamType[float]):
    name = "share"

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        text = str(value).strip()
        try:
            share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            self.fail(f"'{value}' is not a share; write for example 10%", param, ctx)
        if not 0 <= share < 1e9:
            self.fail(f"'{value}' is not an increase; write a share from 0 up, such as 10%", param, ctx)
        if share > 1 and not text.endswith("%"):
            self.fail(f"'{value}' could mean {value}% or {value} times as much; write it with a %", param, ctx)
        return share


@click.command("compare", short_help="Estimates side by side, and what has made the difference.")
@click.argument("operands", nargs=-1, required=True, metavar="A B...", shell_complete=options.joined_names)
@options.otherwise
@options.model
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="How to write it.")
@click.option(
    "--max-increase",
    type=_Increase(),
    metavar="SHARE",
    help="Exit with status 1 if another costs over this much more than the first: 10% or 0.1.",
)
@options.output
def command(
    operands: tuple[str, ...],
    pattern: str | None,
    scenario: str | None,
    terms: Terms,
    library: tuple[str, ...],
    form: str,
    max_increase: float | None,
    output: str | None,
) -> None:
    """Estimates side by side, and how much of the change is traffic, design and price.

    A, B and so on are patterns, scenarios or rate cards by name or file, several joined by a comma, or estimates saved
    with --format json. The change is split into traffic, then design, then price, estimated again in this order.

    \b
    costmodel compare itl analytics --scenario large
    costmodel compare small large --pattern itl
    costmodel compare aws/us-east-1/2018-06 my-card.yaml -p itl -s large
    costmodel compare before.json itl --scenario large --max-increase 10%
    """
    if len(operands) < 2:
        raise click.UsageError(f"'{operands[0]}' is compared with nothing; name two or more")
    if output and any(os.path.exists(output) and os.path.exists(o) and os.path.samefile(output, o) for o in operands):
        raise click.UsageError(f"{output} is one of the estimates to compare; write the comparison to another file")
    searched = Library(library)
    comparison = compare(
        operands_of(operands, searched),
        otherwise=Operand("", pattern, scenario),
        terms=terms,
        library=searched,
    )
    options.warn_of_age(comparison.models)
    options.emit(render(form, comparison, options.terminal_width()), output)
    if max_increase is not None:
        _check_increase(comparison, max_increase)


def operands_of(texts: tuple[str, ...], library: Library) -> list[Operand]:
    mistakes = Mistakes()
    found: list[Operand] = []
    for text in texts:
        with mistakes.noted():
            found.append(_operand(text, library))
    if mistakes.problems:
        raise InputError(*dict.fromkeys(mistakes.problems))
    return found


def _operand(text: str, library: Library) -> Operand:
    """What a text such as "itl", "itl,small" or "before.json,large" stands for. Raises InputError."""
    named: dict[str, str] = {}
    for name in [text] if os.path.isfile(text) else text.split(","):
        kind = _kind(name.strip(), library)
        if kind in named:
            raise InputError(f"'{text}' names two {_WORDS[kind]}s, '{named[kind]}' and '{name.strip()}'; compare them as two")
        named[kind] = name.strip()
    if SAVED in named and ("patterns" in named or "pricing" in named):
        raise InputError(f"'{text}': the saved estimate {named[SAVED]} has its own pattern and rate card; leave the other out")
    return Operand(text, named.get("patterns"), named.get("scenarios"), named.get("pricing"), named.get(SAVED))


def _kind(name: str, library: Library) -> str:
    """A folder of the library, or SAVED. Raises InputError if nothing has the name, or several things."""
    if name.lower().endswith(".json"):
        return SAVED
    if name.endswith((".yaml", ".yml")):
        from costmodel.checking import kind_of

        what = kind_of(name, library)
        kinds = [folder for folder in ESTIMATED if WHAT[folder] == what]
        if not kinds:
            raise InputError(f"'{name}' is a {what}; compare takes patterns, scenarios, rate cards and saved estimates")
        return kinds[0]
    kinds = [folder for folder in ESTIMATED if name in library.names(folder)]
    if not kinds:
        known = [each for folder in ESTIMATED for each in library.names(folder)]
        raise InputError(f"there is no pattern, scenario or rate card '{name}'.{did_you_mean(name, known)}")
    if len(kinds) > 1:
        words = " and a ".join(WHAT[kind] for kind in kinds)
        raise InputError(f"'{name}' is a {words}; give the path of the file that is meant")
    return kinds[0]


def _check_increase(comparison: Comparison, most: float) -> None:
    from costmodel.outputs.words import money, number

    first, *others = comparison.estimates
    over = [other for other in others if exceeds(first, other, most)]
    for other in over:
        increase = other.total - first.total
        percent = f" ({number(increase / first.total * 100)}%)" if first.total else ""
        words = f"{other.name} costs {money(increase)} a month more than {first.name}{percent}"
        click.echo(f"over the increase: {words}; at most {number(most * 100)}% more is allowed", err=True)
    if over:
        raise click.exceptions.Exit(1)
