from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from costmodel.cli import amounts, cluster, options, writing
from costmodel.errors import InputError
from costmodel.models import Terms

if TYPE_CHECKING:
    from costmodel.shapes import Word
    from costmodel.uncertainty.said import Said
    from costmodel.whatif.blocks import Backend, Done
    from costmodel.whatif.samples import Samples
    from costmodel.whatif.sweeps import Subject

TEXTS = ("table", "json", "markdown")
SAMPLES = 100_000
CSV, PARQUET = "csv", "parquet"  # of every sample


@click.command("simulate", short_help="How the bill is distributed where inputs are uncertain.")
@options.patterns
@options.scenarios
@options.model
@options.ranges
@click.option("--samples", "number", type=click.IntRange(1), default=SAMPLES, show_default=True, help="How many, at least.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Another one takes other samples.")
@click.option("--budget", type=amounts.Money(), metavar="AMOUNT", help="With the probability that the total is above this.")
@options.keep
@cluster.options
@writing.form((*TEXTS, CSV, PARQUET))
@options.output
def command(
    patterns: tuple[str, ...],
    scenarios: tuple[str, ...],
    terms: Terms,
    library: tuple[str, ...],
    ranges: "dict[Word, Said]",
    number: int,
    seed: int,
    budget: float | None,
    keep: tuple[str, ...],
    scheduler: str | None,
    workers: int | None,
    form: str | None,
    output: str | None,
) -> None:
    """How the bill of a month is distributed where inputs are uncertain, as ranges: in the scenario and --range say.

    CSV and Parquet are of every sample.

    \b
    costmodel simulate -p itl -s large --range 'traffic.times=0.8 .. 1.5'
    costmodel simulate -p itl -s ours.yaml --samples 1000000 --budget 700
    costmodel simulate -p itl -s ours.yaml -o distribution.svg
    """
    from costmodel.uncertainty.reading import uncertain_of
    from costmodel.whatif.samples import Samples
    from costmodel.whatif.sweeps import subject_of

    form, output = writing.form_and_file(form, output, (*TEXTS, CSV, PARQUET))
    if form == PARQUET:
        output = options.ending(output, (f".{PARQUET}",), "table")
    if budget is not None and form in (CSV, PARQUET):
        raise InputError(f"--budget is for what is said of all samples; {form} has the samples themselves")
    model, open_again = options.opened(patterns, scenarios, terms, library, "a simulation is of one scenario")
    uncertain = uncertain_of(model, ranges, open_again)
    subject = subject_of(model, keep or ("services",))
    samples = Samples(subject, uncertain, number, seed)
    with cluster.backend(scheduler, workers) as backend, options.progress(samples.number, "Simulating") as done:
        if form in (CSV, PARQUET):
            options.emit(_every_sample(form, subject, samples, backend, done), output)
            return
        from costmodel.whatif.simulation import simulation

        found = simulation(model, uncertain, samples, budget, backend, done)
    if form in writing.PICTURES:
        from costmodel.outputs.charts import simulation as chart

        writing.picture(chart.draw(found), form, output)
    else:
        from costmodel.outputs.simulation import render

        options.emit(render(form, found, options.terminal_width()), output)


def _every_sample(form: str, subject: "Subject", samples: "Samples", backend: "Backend", done: "Done") -> Iterable[bytes]:
    from costmodel.outputs import sweep
    from costmodel.whatif.samples import SampleTable

    heads = [*(of.title for of in samples.inputs), *subject.figures]
    parts = backend(SampleTable(samples), samples.number, done)
    return sweep.csv(heads, parts) if form == CSV else sweep.parquet(heads, parts)
