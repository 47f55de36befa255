import click

from costmodel.cli import options
from costmodel.estimating import Traced, run
from costmodel.library import Library
from costmodel.models import Terms, open_account


@click.command("explain", short_help="How each figure came about, down to the lines of the files.")
@click.argument("what", required=False, default="", metavar="[COMPONENT[.LINE]]")
@options.patterns
@options.scenarios
@options.model
@options.output
def command(
    what: str,
    patterns: tuple[str, ...],
    scenarios: tuple[str, ...],
    terms: Terms,
    library: tuple[str, ...],
    output: str | None,
) -> None:
    """How each figure came about, down to the lines of the scenario, the pattern and the rate card.

    \b
    costmodel explain --pattern itl --scenario large
    costmodel explain -p itl -s large ingest
    costmodel explain -p itl -s large source_backup.put_requests
    """
    from costmodel.outputs import prose

    models = open_account(
        patterns,
        scenarios,
        terms=terms,
        library=Library(library),
    )
    options.warn_of_age(models)
    width = max(80, min(options.terminal_width(), 160))
    parts = []
    for model in models:
        heading = [f"{model.pattern.title} · {model.scenario.title}", ""] if len(models) > 1 else []
        parts.append("\n".join([*heading, prose.text(prose.explain(model, run(model, Traced()), what), width)]))
    options.emit("\n".join(parts), output)
