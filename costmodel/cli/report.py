import shlex

import click

from costmodel.cli import options
from costmodel.library import Library
from costmodel.models import open_several


@click.command("report")
@options.patterns
@options.scenarios
@options.model
@options.output
def command(
    patterns: tuple[str, ...],
    scenarios: tuple[str, ...],
    rates: str | None,
    changes: tuple[str, ...],
    free_tier: str,
    library: tuple[str, ...],
    output: str | None,
) -> None:
    """One HTML file that shows estimates, explains every line, and recalculates them in the browser.

    It needs nothing else: no network, no costmodel, no installation. Mail it, or keep it beside the design.

    \b
    costmodel report --pattern itl -o report.html
    costmodel report -p sensor -p itl -p analytics -o report.html
    costmodel report -p itl -s large --set 'traffic.record_size=5 KB' -o report.html
    """
    from costmodel.errors import InputError
    from costmodel.outputs import report

    if output is None:
        raise InputError("a report is a file: say where to write it, as in -o report.html")
    found = Library(library)
    by_pattern = open_several(
        patterns, scenarios, rates=rates, changes=options.parsed_changes(changes), free_tier=free_tier, library=found
    )
    given = _arguments(rates, free_tier, library)
    of_prices = [text for text in changes if text.startswith("rates.")]  # what a scenario's file cannot say
    again = [
        shlex.join(["costmodel", "estimate", "--pattern", name, "--scenario", "SCENARIO", *_set(of_prices), *given])
        for name, models in by_pattern.items()
        for _ in models
    ]
    models = [model for of_pattern in by_pattern.values() for model in of_pattern]
    named = [part for name in patterns for part in ("--pattern", name)] + [
        part for name in scenarios for part in ("--scenario", name)
    ]
    made_by = shlex.join(["costmodel", "report", *named, *_set(changes), *given, "-o", output])
    with options.progress(2 * len(models), "Estimating") as done:
        page = report.render(models, made_by, again, found, done)
    options.emit(page, output)


def _set(changes: tuple[str, ...] | list[str]) -> list[str]:
    return [part for text in changes for part in ("--set", text)]


def _arguments(rates: str | None, free_tier: str, library: tuple[str, ...]) -> list[str]:
    parts = [] if rates is None else ["--rates", rates]
    parts += [] if free_tier == "none" else ["--free-tier", free_tier]
    return parts + [part for folder in library for part in ("--library", folder)]
