from collections.abc import Iterable, Mapping as Map
from functools import partial

import click

from costmodel.cli import options
from costmodel.cli.growth import Growing, growth, growth_arguments, growth_of
from costmodel.cli.studies import Asked, break_evens, must_concern, studied, studies, study_arguments, uncertain_in
from costmodel.library import Library
from costmodel.models import Model, Terms, open_models, open_several

LARGEST = 1_500_000  # characters that a mail takes without a thought


@click.command("report", short_help="One HTML file that explains every line, and recalculates.")
@options.patterns
@options.scenarios
@options.model
@options.limits
@growth
@studies
@options.output
def command(
    patterns: tuple[str, ...],
    scenarios: tuple[str, ...],
    terms: Terms,
    library: tuple[str, ...],
    quotas: str | None,
    headroom: float,
    growing: Growing,
    asked: Asked,
    output: str | None,
) -> None:
    """One HTML file that shows estimates, explains every line, says what holds, and recalculates in the browser.

    It needs nothing else: no network, no costmodel, no installation. Mail it, or keep it beside the design.

    \b
    costmodel report --pattern itl -o report.html
    costmodel report -p sensor -p itl -p analytics -o report.html
    costmodel report -p itl -s large --set traffic.times=3 -o report.html
    costmodel report -p itl --growth 8%/month --months 36 -o report.html
    costmodel report -p itl --sensitivity --vary traffic.times=1..10:50 -o r.html
    """
    from costmodel.capacity.forecasts import forecast
    from costmodel.capacity.plans import plan
    from costmodel.outputs import report

    grows = growth_of(growing) if any(said is not None for said in growing) else None
    path = options.ending(output, (".html", ".htm"), "report")
    found, terms = Library(library), terms._replace(quotas=quotas, with_quotas=True)
    by_pattern = open_several(patterns, scenarios, terms=terms, library=found)
    again = [_again(name, terms, library) for name, models in by_pattern.items() for _ in models]
    models = [model for of_pattern in by_pattern.values() for model in of_pattern]
    options.warn_of_age(models)
    must_concern(asked, models)
    said = [
        *options.arguments(terms, library),
        *options.headroom_arguments(headroom),
        *growth_arguments(growing),
        *study_arguments(asked),
    ]
    made_by = options.made_by("report", patterns, scenarios, [*said, "-o", path])
    changed = [partial(_changed, model, models, terms, found) for model in models]
    uncertain = [uncertain_in(asked, model, of) for model, of in zip(models, changed, strict=True)]
    of_models = [*zip(models, changed, uncertain, strict=True)]
    plans = [plan(model, headroom, again_with, of) for model, again_with, of in of_models]
    forecasts = [forecast(model, grows, headroom, of) for model, _, of in of_models] if grows else []
    with options.progress(2 * len(models), "Estimating") as done:
        what_if = [studied(asked, model, headroom, of, again_with) for model, again_with, of in of_models]
        page = report.render(models, made_by, again, found, done, plans, forecasts, what_if, break_evens(asked, by_pattern))
    options.emit(page, path)
    if len(page) > LARGEST:
        click.echo(f"{path} has {len(page) / 1e6:.1f} MB; with fewer scenarios or patterns it is easier to mail", err=True)


def _again(pattern: str, terms: Terms, library: tuple[str, ...]) -> tuple[str, str]:
    """The command that estimates a pattern under a changed scenario: what stands before the scenario's file, and after."""
    import shlex

    # Prices and quotas: no scenario's file says them.
    elsewhere = {path: value for path, value in terms.changes.items() if path.startswith(("rates.", "quotas."))}
    after = shlex.join(options.arguments(terms._replace(changes=elsewhere, quotas=None), library))
    return f"{options.made_by('estimate', [pattern], [], ['--scenario'])} ", f" {after}".rstrip()


def _changed(model: Model, models: Iterable[Model], terms: Terms, library: Library, changes: Map[str, object]) -> Model:
    """One of the models with further changes. Raises InputError where it cannot be so."""
    beside = {component.name for other in models for component in other.pattern.components}
    terms = terms._replace(changes={**model.changes, **changes})
    (again,) = open_models(model.pattern.path, [model.scenario.path], terms=terms, library=library, beside=beside)
    return again
