"""The options that say how traffic grows, for the commands that look ahead."""

import functools
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from costmodel.errors import InputError

if TYPE_CHECKING:
    from costmodel.capacity.forecasts import Growth
    from costmodel.uncertainty.said import Said

MONTHS = 24


class Growing(NamedTuple):
    """What the options say, each None where it is left out."""

    share: str | None
    multiple: str | None
    file: str | None
    months: int | None


def growth(function: Any) -> Any:
    """How traffic grows, in one of three ways, and for how long. The command gets `growing`."""

    @functools.wraps(function)
    def with_growing(
        *args: Any, growth: str | None, multiple: str | None, file: str | None, months: int | None, **rest: Any
    ) -> Any:
        return function(*args, growing=Growing(growth, multiple, file, months), **rest)

    for option in (
        click.option(
            "--months", type=click.IntRange(0, 600), help=f"How many months from today, month 0: {MONTHS} where left out."
        ),
        click.option("--csv", "file", metavar="FILE", help="Or a file with the columns month (from 0) and times."),
        click.option("--to", "multiple", metavar="TIMES", help="Or so many times today's traffic in the last month: 10x."),
        click.option("--growth", metavar="SHARE", help="More traffic every month or year: 8%/month, 50%/year."),
    ):
        with_growing = option(with_growing)
    return with_growing


def growth_of(growing: Growing, between: "Said | None" = None) -> "Growth":
    """`between` is the range of --growth, where it is uncertain. Raises InputError where it is not said in one way."""
    from costmodel.capacity.forecasts import by_rate, from_csv, up_to

    share, multiple, file, months = growing
    if [share, multiple, file].count(None) != 2:
        raise InputError("say how traffic grows, in one way: --growth 8%/month, --to 10x or --csv FILE")
    if share is not None:
        return by_rate(share, MONTHS if months is None else months, between)
    if between is not None:
        raise InputError(f"--range growth={between.text} is of --growth; with --to and --csv, months have one size: leave it out")
    if multiple is not None:
        return up_to(multiple, MONTHS if months is None else months)
    if months is not None:
        raise InputError("the file says for which months; leave --months out")
    return from_csv(str(file))


def growth_arguments(growing: Growing) -> list[str]:
    """The options as they were given, for a command line that is shown."""
    named = zip(("--growth", "--to", "--csv", "--months"), growing, strict=True)
    return [part for option, value in named if value is not None for part in (option, str(value))]
