import click
from click.core import ParameterSource

from costmodel.cli import options
from costmodel.errors import InputError
from costmodel.estimating import Traced, run
from costmodel.library import Library
from costmodel.models import Model, Terms, open_account


@click.command("explain", short_help="How each figure came about, down to the lines of the files.")
@click.argument("what", required=False, default="", metavar="[COMPONENT[.LINE]]")
@options.patterns
@options.scenarios
@options.model
@click.option("--plan", "of_plan", is_flag=True, help="The checks of the plan, in place of the lines of the bill.")
@options.limits
@options.output
@click.pass_context
def command(
    ctx: click.Context,
    what: str,
    patterns: tuple[str, ...],
    scenarios: tuple[str, ...],
    terms: Terms,
    library: tuple[str, ...],
    of_plan: bool,
    quotas: str | None,
    headroom: float,
    output: str | None,
) -> None:
    """How each figure came about, down to the lines of the scenario, the pattern, the rate card and the quota sheet.

    \b
    costmodel explain --pattern itl --scenario large
    costmodel explain -p itl -s large ingest
    costmodel explain -p itl -s large source_backup.put_requests
    costmodel explain -p itl -s large ingest.records --plan
    """
    _refuse_limits_without_plan(ctx, of_plan)
    models = open_account(
        patterns,
        scenarios,
        terms=terms._replace(quotas=quotas, with_quotas=of_plan),
        library=Library(library),
    )
    options.warn_of_age(models)
    width = max(80, min(options.terminal_width(), 160))
    parts = []
    for model in models:
        heading = [f"{model.pattern.title} · {model.scenario.title}", ""] if len(models) > 1 else []
        said = _plan(model, what, headroom, width) if of_plan else _bill(model, what, width)
        parts.append("\n".join([*heading, said]))
    options.emit("\n".join(parts), output)


def _refuse_limits_without_plan(ctx: click.Context, of_plan: bool) -> None:
    """A bill has no headroom, and a sheet that is named and not compared with would be a mistake that nobody sees."""
    given = [f"--{name}" for name in ("quotas", "headroom") if ctx.get_parameter_source(name) != ParameterSource.DEFAULT]
    if given and not of_plan:
        raise InputError(*(f"{option} is for the checks of the plan: add --plan, or leave it out" for option in given))


def _bill(model: Model, what: str, width: int) -> str:
    from costmodel.outputs import prose

    return prose.text(prose.explain(model, run(model, Traced()), what), width)


def _plan(model: Model, what: str, headroom: float, width: int) -> str:
    from costmodel.capacity.traced import traced_plan
    from costmodel.outputs import explained_plan

    return explained_plan.text(traced_plan(model, headroom), headroom, what, width)
