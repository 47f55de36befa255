"""The options that ask what-if questions of every estimate of a report."""

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from costmodel.cli import options
from costmodel.cli.optimise import asked_of, cheapest, choices
from costmodel.cli.simulate import SAMPLES
from costmodel.components import RESERVED
from costmodel.models import Changed, Model
from costmodel.uncertainty.reading import concerns, uncertain_of

if TYPE_CHECKING:
    from costmodel.outputs.report.studies import Studied
    from costmodel.shapes import Word
    from costmodel.uncertainty.inputs import Uncertainty
    from costmodel.uncertainty.said import Said
    from costmodel.whatif.breakeven import BreakEven

BY = 0.1  # either way, of an input whose range nobody said


class Asked(NamedTuple):
    """What the options say."""

    varied: tuple[str, ...]
    is_sensitivity: bool
    is_simulation: bool
    ranges: "dict[Word, Said]"
    break_even: str | None
    chosen: tuple[str, ...]
    subject_to: tuple[str, ...]

    @property
    def paths(self) -> list[str]:
        """Of what varies or is chosen."""
        return [text.partition("=")[0].strip() for text in (*self.varied, *self.chosen)]


def studies(function: Any) -> Any:
    """What-if questions. The command gets `asked`."""

    @functools.wraps(function)
    def with_asked(
        *args: Any,
        varied: tuple[str, ...],
        is_sensitivity: bool,
        is_simulation: bool,
        ranges: "dict[Word, Said]",
        break_even: str | None,
        given: tuple[str, ...],
        subject_to: tuple[str, ...],
        **rest: Any,
    ) -> Any:
        asked = Asked(varied, is_sensitivity, is_simulation, ranges, break_even, given, subject_to)
        return function(*args, asked=asked, **rest)

    with_asked = choices(with_asked)

    for option in (
        click.option(
            "--break-even", metavar="PATH=LOW..HIGH", help="Also where the cheapest of the patterns changes, as of breakeven."
        ),
        options.ranges,
        click.option("--simulate", "is_simulation", is_flag=True, help="Also what a month may cost, as of simulate."),
        click.option("--sensitivity", "is_sensitivity", is_flag=True, help="Also what moves the bill, as of sensitivity."),
        click.option("--vary", "varied", multiple=True, metavar="PATH=VALUES", help="Also a sweep, as of sweep; one or two."),
    ):
        with_asked = option(with_asked)
    return with_asked


def must_concern(asked: Asked, models: Sequence[Model]) -> None:
    """Raises InputError for what varies or is chosen in none of the designs."""
    from costmodel.errors import InputError, did_you_mean

    own = {component.name for model in models for component in model.pattern.components}
    known = sorted(own | {*RESERVED})
    wrong = [path for path in (*asked.paths, *asked.ranges) if not concerns(path, own)]
    if asked.subject_to and not asked.chosen:
        raise InputError("--subject-to is of --choose, which says what may be chosen")
    if wrong:
        raise InputError(*(f"no pattern has '{path}'.{did_you_mean(path.partition('.')[0], known)}" for path in wrong))


def _of(texts: tuple[str, ...], model: Model) -> tuple[str, ...]:
    """Those whose paths are of this design: the scenario's, or of one of its components."""
    own = {component.name for component in model.pattern.components}
    return tuple(text for text in texts if concerns(text.strip(), own))


def uncertain_in(asked: Asked, model: Model, changed: "Changed") -> "Uncertainty":
    """What is uncertain of a design, of all that was asked. Raises InputError."""
    own = {component.name for component in model.pattern.components}
    return uncertain_of(model, {path: said for path, said in asked.ranges.items() if concerns(path, own)}, changed)


def studied(asked: Asked, model: Model, headroom: float, uncertain: "Uncertainty", changed: "Changed") -> "Studied":
    """What was asked of an estimate; it is `changed` for what is chosen. Raises InputError."""
    from costmodel.outputs.report.studies import Studied
    from costmodel.whatif.points import grid
    from costmodel.whatif.samples import Samples
    from costmodel.whatif.sensitivity import sensitivity
    from costmodel.whatif.simulation import simulation
    from costmodel.whatif.sweeps import joined, must_fit, subject_of, subject_that_says, swept

    found = Studied()
    if varied := _of(asked.varied, model):
        pairs = options.pairs("--vary", varied, "traffic.times=1,2,5")
        subject = subject_that_says(pairs, model, ("services",), changed)
        points = grid(pairs, subject.inputs)
        must_fit(subject, points)
        found = found._replace(sweep=(subject, points, joined(swept(subject, points))))
    if asked.is_sensitivity:
        found = found._replace(sensitivity=sensitivity(model, BY, uncertain))
    if asked.is_simulation:
        samples = Samples(subject_of(model), uncertain, SAMPLES, 0)
        found = found._replace(simulation=simulation(model, uncertain, samples))
    if chosen := _of(asked.chosen, model):
        found = found._replace(optimum=cheapest(model, *asked_of(chosen, asked.subject_to), headroom, changed))
    return found


def break_evens(asked: Asked, by_pattern: dict[str, list[Model]]) -> "list[BreakEven]":
    """For each scenario where the cheapest of the patterns changes. Raises InputError."""
    from costmodel.errors import InputError
    from costmodel.whatif.breakeven import axis_input, break_even
    from costmodel.whatif.points import stretch

    if asked.break_even is None:
        return []
    by_scenario: dict[str, list[tuple[str, Model]]] = {}
    for models in by_pattern.values():
        for model in models:
            by_scenario.setdefault(model.scenario.name, []).append((model.pattern.name, model))
    of_several = [named for named in by_scenario.values() if len(named) > 1]
    if not of_several:
        raise InputError("--break-even is between patterns; give two or more with --pattern")
    path, _, text = asked.break_even.partition("=")
    found = []
    for named in of_several:
        subjects, of = axis_input([model for _, model in named], path.strip())
        known = sorted({name for subject in subjects for name in subject.inputs})
        axis = stretch(path.strip(), text, of, known, "--break-even")
        found.append(break_even(subjects, [name for name, _ in named], axis))
    return found


def study_arguments(asked: Asked) -> Sequence[str]:
    """The options as they were given, for a command line that is shown."""
    flags = [("--sensitivity", asked.is_sensitivity), ("--simulate", asked.is_simulation)]
    said = [part for text in asked.varied for part in ("--vary", text)]
    said += [flag for flag, is_given in flags if is_given]
    said += [part for text in asked.chosen for part in ("--choose", text)]
    said += [part for text in asked.subject_to for part in ("--subject-to", text)]
    said += [part for path, said in asked.ranges.items() for part in ("--range", f"{path}={said.source}")]
    return said + ([] if asked.break_even is None else ["--break-even", asked.break_even])
