"""Options and arguments that several commands share, and how they complete in a shell."""

import functools
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from costmodel.cli import amounts
from costmodel.errors import InputError
from costmodel.models import Changed, Model, Terms, changed, open_account
from costmodel.prices import FREE_TIERS


def _names(kind: str) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
        from costmodel.library import Library

        return [name for name in Library(ctx.params.get("library", ())).names(kind) if name.startswith(incomplete)]

    return complete


pattern_names, scenario_names, card_names, sheet_names = map(_names, ("patterns", "scenarios", "pricing", "quotas"))


def patterns(function: Any) -> Any:
    return click.option(
        "--pattern",
        "-p",
        "patterns",
        required=True,
        multiple=True,
        metavar="NAME|FILE",
        shell_complete=pattern_names,
        help="A pattern: what is built. Repeat it for several.",
    )(function)


def scenarios(function: Any) -> Any:
    return click.option(
        "--scenario",
        "-s",
        "scenarios",
        multiple=True,
        metavar="NAME|FILE",
        shell_complete=scenario_names,
        help="The traffic scenario; repeat it for several side by side. Without it: those that the pattern names.",
    )(function)


def joined_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Completes patterns, scenarios and rate cards, the last of several joined by commas."""
    before, comma, last = incomplete.rpartition(",")
    kinds = ("patterns", "scenarios", "pricing")
    return [f"{before}{comma}{name}" for kind in kinds for name in _names(kind)(ctx, param, last)]


def otherwise(function: Any) -> Any:
    """The pattern and the scenario of operands that name none."""
    for name, kind in (("scenario", "scenarios"), ("pattern", "patterns")):
        function = click.option(
            f"--{name}",
            f"-{name[0]}",
            metavar="NAME|FILE",
            shell_complete=_names(kind),
            help=f"The {name} of operands that name none.",
        )(function)
    return function


def model(function: Any) -> Any:
    """What changes an estimate: the card, the library, --set and the free tier. The command gets `terms` and `library`."""

    @functools.wraps(function)
    def with_terms(
        *args: Any,
        rates: str | None,
        region: str | None,
        changes: tuple[str, ...],
        free_tier: str,
        after: str | None,
        **rest: Any,
    ) -> Any:
        return function(
            *args, terms=Terms(rates, region, {**pairs("--set", changes, "ingest.buffer_size=64 MB")}, free_tier, after), **rest
        )

    for option in (
        click.option("--library", multiple=True, metavar="DIR", help="Search this folder before the shipped one; repeatable."),
        click.option(
            "--free-tier",
            type=click.Choice([*FREE_TIERS]),
            default="none",
            show_default=True,
            help="The free allowances to take off.",
        ),
        click.option(
            "--after",
            metavar="MONTHS",
            help="The bill of this month of the design's life, '12 months': storage that is kept for a time fills up. "
            "Without it: the steady state.",
        ),
        click.option(
            "--set",
            "changes",
            multiple=True,
            metavar="PATH=VALUE",
            help="Change a setting, the traffic or a price: 'ingest.buffer_size=64 MB', traffic.peak_rate=2000/s, "
            "rates.firehose.ingested.1.usd=0.03.",
        ),
        click.option(
            "--region",
            metavar="REGION",
            shell_complete=regions,
            help="The newest rate card of this region, such as eu-west-1.",
        ),
        click.option(
            "--rates",
            metavar="CARD",
            shell_complete=card_names,
            help="The rate card; else --region's newest, else the scenario's, else the newest us-east-1.",
        ),
    ):
        with_terms = option(with_terms)
    return with_terms


def regions(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from costmodel.library import Library

    return [region for region in Library(ctx.params.get("library", ())).regions() if region.startswith(incomplete)]


HEADROOM = 0.2  # AWS's own line for a warning


def keep(function: Any) -> Any:
    """What has a figure of its own. The command gets `keep`."""
    return click.option(
        "--keep",
        type=click.Choice(["services", "lines"]),
        multiple=True,
        help="What is kept beside the total: each service, each line of the bill. Repeatable.",
    )(function)


def limits(function: Any) -> Any:
    """What a design is held to: the quota sheet, and what should be left of every limit."""
    for option in (
        click.option(
            "--headroom",
            type=amounts.ShareBelowAll("leaves nothing of any limit"),
            default=f"{HEADROOM:.0%}",
            show_default=True,
            help="What should be left of every limit.",
        ),
        click.option(
            "--quotas",
            metavar="NAME|FILE",
            shell_complete=sheet_names,
            help="The quota sheet. Without it: the one nearest in time to the rate card.",
        ),
    ):
        function = option(function)
    return function


def ranges(function: Any) -> Any:
    """Uncertain inputs. The command gets `ranges`, what is said of them by path."""

    def parsed(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> Any:
        if not given:
            return {}
        from costmodel.uncertainty.reading import from_arguments

        return from_arguments("--range", pairs("--range", given, "enrich.duration=100 ms .. 900 ms"))

    return click.option(
        "--range",
        "ranges",
        multiple=True,
        callback=parsed,
        metavar="PATH=RANGE",
        help="An uncertain input: 'traffic.times=0.8 .. 1.5' in 9 of 10 cases, or {normal: {mean: 1, sd: 0.2}}. Repeatable.",
    )(function)


def services(function: Any) -> Any:
    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
        from costmodel import services

        known = services.keys()
        return [key for key in known if key.startswith(incomplete)]

    return click.option(
        "--service",
        "services",
        multiple=True,
        metavar="KEY",
        shell_complete=complete,
        help="Only this service of the card, such as lambda; repeatable.",
    )(function)


def today() -> int:
    """Now, in seconds since 1970; or what SOURCE_DATE_EPOCH says, so that the same input gives the same output.

    Raises InputError if that is no such number.
    """
    said = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not said:
        return int(time.time())
    if not re.fullmatch(r"[0-9]{1,11}", said):  # up to the year 5138
        raise InputError(f"SOURCE_DATE_EPOCH is '{said}'; it is the seconds since 1970, a whole number such as 1767225600")
    return int(said)


def warn_of_age(models: Iterable[Model]) -> None:
    """Says on stderr which of their cards are over a year old, where nobody named them."""
    year_ago = time.strftime("%Y-%m-%d", time.gmtime(today() - 365 * 24 * 3600))
    for card in {m.card.name: m.card for m in models if not m.card_named and m.card.as_of < year_ago}.values():
        click.echo(
            f"warning: the newest rate card of {card.region} is of {card.as_of}, over a year old; "
            f"--rates {card.name} takes it without a warning, costmodel rates import makes a newer one",
            err=True,
        )


def pairs(option: str, changes: tuple[str, ...], example: str) -> dict[str, str]:
    """An option's PATH=VALUE arguments as path -> value. Raises InputError."""
    wrong = [text for text in changes if not text.partition("=")[1] or not text.partition("=")[0].strip()]
    if wrong:
        raise InputError(*(f"{option} {text}: write PATH=VALUE, as in '{example}'" for text in wrong))
    paths = [text.partition("=")[0].strip() for text in changes]
    twice = sorted({path for path in paths if paths.count(path) > 1})
    if twice:
        raise InputError(*(f"{option} {path} is given twice" for path in twice))
    return {text.partition("=")[0].strip(): text.partition("=")[2].strip() for text in changes}


def arguments(terms: Terms, library: Iterable[str]) -> list[str]:
    """The options of model() as they were given, for a command line that is shown."""
    parts = [*_repeated("--set", (f"{path}={value}" for path, value in terms.changes.items())), *_repeated("--library", library)]
    parts += [] if terms.rates is None else ["--rates", terms.rates]
    parts += [] if terms.region is None else ["--region", terms.region]
    parts += [] if terms.quotas is None else ["--quotas", terms.quotas]
    parts += [] if terms.free_tier == "none" else ["--free-tier", terms.free_tier]
    return parts + ([] if terms.after is None else ["--after", str(terms.after)])


def headroom_arguments(headroom: float) -> list[str]:
    """The option as it was given."""
    from costmodel.outputs.words import number

    return [] if headroom == HEADROOM else ["--headroom", f"{number(headroom * 100, 10)}%"]


def _repeated(option: str, values: Iterable[str]) -> list[str]:
    return [part for value in values for part in (option, value)]


def made_by(command: str, patterns: Iterable[str], scenarios: Iterable[str], rest: Iterable[str]) -> str:
    """The command line that makes a file again; `rest` are arguments after the patterns and scenarios."""
    import shlex

    return shlex.join(["costmodel", command, *_repeated("--pattern", patterns), *_repeated("--scenario", scenarios), *rest])


@contextmanager
def progress(steps: int, words: str) -> Iterator[Callable[..., None]]:
    """A progress bar on a terminal, nothing elsewhere; what it gives is called after each of the steps, or after so many."""
    with click.progressbar(length=steps, label=words, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        yield lambda done=1: bar.update(done)


_ENDINGS = {"md": "markdown", "txt": "table"}


def form_of(said: str | None, output: str | None, known: Iterable[str]) -> str:
    """The format: as it is said, else by the ending of the file, else a table. Raises InputError for an unknown ending."""
    ending = os.path.splitext(output or "")[1].lower().lstrip(".")
    named = _ENDINGS.get(ending, ending)
    if said or named in (*known, ""):
        return said or named or "table"
    endings = ", ".join(f".{form}" for form in known if form != "table")
    raise InputError(f"'{output}' does not say which format it has; end it in one of {endings}, or give --format")


def ending(path: str | None, endings: tuple[str, ...], what: str) -> str:
    """The path of a file whose format goes by its ending. Raises InputError for another, or none."""
    example = f"-o {what}{endings[0]}"
    if path is None:
        raise InputError(f"a {what} is a file: say where to write it, as in {example}")
    if not path.lower().endswith(endings):
        raise InputError(f"'{path}' is no name for a {what}; its ending is {' or '.join(endings)}, as in {example}")
    return path


def output(function: Any) -> Any:
    return click.option("-o", "--output", metavar="FILE", help="Write to this file instead of the terminal.")(function)


def only(models: Sequence[Model], what: str) -> Model:
    """The one model there is. Raises InputError where there are several: `what` ("a sweep is of one scenario") says why not."""
    if len(models) > 1:
        names = ", ".join(model.scenario.name for model in models)
        raise InputError(f"{what}; name it with --scenario, one of {names}")
    return models[0]


def opened(
    patterns: tuple[str, ...], scenarios: tuple[str, ...], terms: Terms, library: tuple[str, ...], what: str
) -> tuple[Model, Changed]:
    """The one model that is asked for, and what opens it with changes; `what` as in only(). Raises InputError."""
    from costmodel.library import Library

    searched = Library(library)
    model = only(open_account(patterns, scenarios, terms=terms, library=searched), what)
    warn_of_age([model])
    return model, functools.partial(changed, patterns, terms, searched, model)


def emit(content: str | bytes | Iterable[bytes], path: str | None) -> None:
    """Prints, or writes the whole file or nothing of it: beside it first, then renamed. Raises InputError.

    What comes in parts is text as well as bytes; it is never held as a whole.
    """
    if path is None or path == "-":
        if isinstance(content, bytes):
            raise InputError("this is no text to print; say where to write it, as in -o estimate.xlsx")
        for part in [content] if isinstance(content, str) else content:
            click.echo(part, nl=False)
        return
    if not path.strip():
        raise InputError("-o has no name of a file")
    if path.endswith((".yaml", ".yml")) and os.path.exists(path):
        raise InputError(f"{path} exists, and may be what others are made of: choose another name or remove it")
    data = [content.encode("utf-8")] if isinstance(content, str) else [content] if isinstance(content, bytes) else content
    try:
        if os.path.exists(path) and not os.path.isfile(path):  # a pipe or a device; a directory is an error
            with open(path, "wb") as file:
                file.writelines(data)
        else:
            _write_beside_and_rename(data, os.path.realpath(path))
    except (OSError, ValueError) as error:  # ValueError: the name has a NUL in it
        reason = error.strerror if isinstance(error, OSError) else "that is no name for a file"
        raise InputError(f"{path} cannot be written: {reason}") from None


def _write_beside_and_rename(data: Iterable[bytes], path: str) -> None:
    import tempfile  # as heavy as all of costmodel

    beside = tempfile.NamedTemporaryFile(  # noqa: SIM115 (it is kept, under the file's own name)
        "wb", dir=os.path.dirname(path), prefix=".costmodel-", delete=False
    )
    try:
        with beside:
            beside.writelines(data)
        mode = os.stat(path).st_mode & 0o777 if os.path.exists(path) else 0o666 & ~_umask()
        os.chmod(beside.name, mode)
        os.replace(beside.name, path)
    except BaseException:
        os.unlink(beside.name)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def terminal_width() -> int:
    """The columns there are: of the terminal, or COLUMNS; 80 in a pipe."""
    try:
        return int(os.environ["COLUMNS"])
    except (KeyError, ValueError):
        try:
            return os.get_terminal_size().columns
        except OSError:
            return 80
