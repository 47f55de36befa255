from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from costmodel.cli import cluster, options, writing
from costmodel.errors import InputError
from costmodel.models import Terms

if TYPE_CHECKING:
    from costmodel.whatif.points import Points
    from costmodel.whatif.sweeps import Subject, Swept

FORMATS = TABLE, CSV, JSON, PARQUET = "table", "csv", "json", "parquet"


@click.command("sweep", short_help="What it costs at every point of a grid of inputs.")
@options.patterns
@options.scenarios
@options.model
@click.option(
    "--vary",
    "varied",
    multiple=True,
    metavar="PATH=VALUES",
    help="An input and its values: 'ingest.buffer_size=1,5,64,128 MB', traffic.peak_rate=100..100000:log:200; repeated, a grid.",
)
@click.option("--points", "file", metavar="FILE", help="Or a CSV file with a column for each input, by its path.")
@options.keep
@cluster.options
@click.option(
    "--engine",
    type=click.Choice(["auto", "numpy", "numba"]),
    default="auto",
    help="What computes: auto compiles with numba where it is installed and that pays. The figures are the same.",
)
@writing.form(FORMATS)
@options.output
def command(
    patterns: tuple[str, ...],
    scenarios: tuple[str, ...],
    terms: Terms,
    library: tuple[str, ...],
    varied: tuple[str, ...],
    file: str | None,
    keep: tuple[str, ...],
    scheduler: str | None,
    workers: int | None,
    engine: str,
    form: str | None,
    output: str | None,
) -> None:
    """What a month costs at every point of a grid: any number of the scenario, the pattern or the rate card may vary.

    \b
    costmodel sweep -p itl -s large --vary 'ingest.buffer_size=1,5,64,128 MB'
    costmodel sweep -p itl -s large --vary traffic.times=1..100:log:200 -o t.svg
    costmodel sweep -p itl -s large --vary traffic.times=1..9:1000000 -o t.parquet
    """
    from costmodel.whatif.points import from_csv, grid
    from costmodel.whatif.sweeps import must_fit, subject_that_says, swept

    if bool(varied) == bool(file):
        raise InputError("say what varies, in one way: --vary traffic.peak_rate=100..10000:log:20, or --points FILE")
    form, output = writing.form_and_file(form, output, FORMATS)
    if form == PARQUET:
        output = options.ending(output, (f".{PARQUET}",), "sweep")
    asked = options.pairs("--vary", varied, "traffic.times=1,2,5")
    if twice := sorted({*asked} & {*terms.changes}):
        raise InputError(*(f"{path} is set and varied; leave out --set or --vary" for path in twice))
    model, open_again = options.opened(patterns, scenarios, terms, library, "a sweep is of one scenario")
    subject = subject_that_says(asked, model, keep, open_again)
    points = from_csv(file, subject.inputs) if file else grid(asked, subject.inputs)
    if form not in (TABLE, CSV, PARQUET):
        must_fit(subject, points)
    with cluster.backend(scheduler, workers) as backend, options.progress(points.number, "Sweeping") as done:
        options.emit(_written(form, subject, points, swept(subject, points, backend, done, engine)), output)


def _written(form: str, subject: "Subject", points: "Points", parts: "Iterator[Swept]") -> str | bytes | Iterable[bytes]:
    from costmodel.outputs import sweep
    from costmodel.whatif.sweeps import titles

    if form == CSV:
        return sweep.csv(titles(subject, points), parts)
    if form == PARQUET:
        return sweep.parquet(titles(subject, points), parts)
    if form == TABLE:
        return sweep.table(subject, points, parts, options.terminal_width())
    from costmodel.whatif.sweeps import joined

    whole = joined(parts)
    if form == JSON:
        return sweep.json(subject, points, whole)
    from costmodel.outputs.charts import sweep as chart
    from costmodel.outputs.charts.drawing import save

    return save(chart.draw(subject, points, whole), form)
