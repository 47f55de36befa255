import click

from costmodel.cli import options
from costmodel.library import Library
from costmodel.models import Terms, open_several


@click.command("export", short_help="An Excel workbook in which every figure is a formula.")
@options.patterns
@options.scenarios
@options.model
@options.limits
@options.output
def command(
    patterns: tuple[str, ...],
    scenarios: tuple[str, ...],
    terms: Terms,
    library: tuple[str, ...],
    quotas: str | None,
    headroom: float,
    output: str | None,
) -> None:
    """An Excel workbook of estimates: every figure a formula over its inputs and rates.

    Change a blue cell, and every total and verdict follows, in Excel and in LibreOffice. The sheet Plan says whether the designs
    hold at the peak.

    \b
    costmodel export --pattern itl -o itl.xlsx
    costmodel export -p itl -p sensor -s small -s large -o estimates.xlsx
    """
    from costmodel.outputs import workbook

    terms = terms._replace(quotas=quotas, with_quotas=True)
    path = options.ending(output, (".xlsx",), "workbook")
    by_pattern = open_several(
        patterns,
        scenarios,
        terms=terms,
        library=Library(library),
    )
    models = [model for of_pattern in by_pattern.values() for model in of_pattern]
    options.warn_of_age(models)
    said = [*options.arguments(terms, library), *options.headroom_arguments(headroom)]
    again = options.made_by("export", patterns, scenarios, said)
    with options.progress(2 * len(models), "Exporting") as done:
        book = workbook.render(models, again, done, headroom)
    options.emit(book, path)
