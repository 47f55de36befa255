"""What a design costs at samples of its uncertain inputs: quasi-random, each by its number."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from costmodel.errors import InputError
from costmodel.inputs import Input
from costmodel.uncertainty.inputs import Uncertainty
from costmodel.whatif.compiled import BLOCK, compiled
from costmodel.whatif.native import runner
from costmodel.whatif.sobol import MOST, sobol
from costmodel.whatif.spreads import Spread, merged, spread_of
from costmodel.whatif.sweeps import TOTAL, Subject, Swept

SCRAMBLES = 16  # independent ones, whose differences tell the error


class Sampled(NamedTuple):
    """Samples next to each other, of one scramble: the inputs by their paths, in base units, and each figure."""

    scramble: int
    inputs: dict[str, Any]
    figures: dict[str, Any]


class Samples:
    """Which samples there are, and what computes any of them: `each` of SCRAMBLES sequences has so many."""

    part = 8 * BLOCK

    def __init__(self, subject: Subject, uncertain: Uncertainty, number: int, seed: int) -> None:
        used = {each.path for each in uncertain.inputs} & {*subject.moving}
        if not used:
            raise InputError("nothing that is uncertain changes the bill; say what is with --range, or ranges: in the scenario")
        self.each, self.seed, self._uncertain = -(-number // SCRAMBLES), seed, uncertain
        if self.each > MOST:
            raise InputError(f"{number:,} samples are more than can be told apart; take at most {SCRAMBLES * MOST:,}")
        self.inputs: tuple[Input, ...] = tuple(subject.inputs[path] for path in subject.inputs if path in used)
        self._names = [*subject.figures]
        self._runner = runner(compiled([*subject.figures.values()], [of.path for of in self.inputs]), number)

    @property
    def number(self) -> int:
        return SCRAMBLES * self.each

    def sampled(self, start: int, count: int) -> Iterator[Sampled]:
        """So many samples from number `start` on, block by block. Each block's figures are overwritten by the next."""
        import numpy as np

        end = start + count
        while start < end:
            scramble, at = divmod(start, self.each)
            points = sobol(len(self._uncertain.names), (self.seed, scramble), self.each)
            size = min(end - start, self.each - at, points.block - at % points.block)
            values = self._uncertain.at(points.shares(at, size))
            inputs = {of.path: values[of.path] for of in self.inputs}
            found = self._runner.run([*inputs.values()], (size,))
            yield Sampled(scramble, inputs, {n: np.broadcast_to(f, size) for n, f in zip(self._names, found, strict=True)})
            start += size


class SampleTable:
    """The task that gives the samples themselves."""

    def __init__(self, samples: Samples) -> None:
        self._samples, self.part = samples, samples.part

    def run(self, start: int, count: int) -> Swept:
        import numpy as np

        blocks = [
            ({path: column.copy() for path, column in block.inputs.items()}, {n: f.copy() for n, f in block.figures.items()})
            for block in self._samples.sampled(start, count)
        ]
        inputs, figures = (
            {name: np.concatenate([block[which][name] for block in blocks]) for name in blocks[0][which]} for which in (0, 1)
        )
        own = {of.path: inputs[of.path] * of.unit.per / of.unit.scale for of in self._samples.inputs}
        return Swept(start, own, figures)


class Tally(NamedTuple):
    """How the samples of each scramble are distributed, and how many are `over` a budget: both by the scramble's number."""

    spreads: dict[int, dict[str, Spread]]
    over: dict[int, int]


class Tallying:
    """The task that gives a Tally of its samples."""

    def __init__(self, samples: Samples, budget: float | None) -> None:
        self._samples, self.part, self._budget = samples, samples.part, budget

    def run(self, start: int, count: int) -> Tally:
        return added([self._of_block(block) for block in self._samples.sampled(start, count)])

    def _of_block(self, block: Sampled) -> Tally:
        import numpy as np

        over = 0 if self._budget is None else int(np.count_nonzero(block.figures[TOTAL] > self._budget))
        spreads = {name: spread_of(np.ascontiguousarray(values)) for name, values in block.figures.items()}
        return Tally({block.scramble: spreads}, {block.scramble: over})


def added(tallies: list[Tally]) -> Tally:
    """All of them as one, in their order."""
    spreads: dict[int, dict[str, Spread]] = {}
    for scramble in sorted({scramble for tally in tallies for scramble in tally.spreads}):
        of = [tally.spreads[scramble] for tally in tallies if scramble in tally.spreads]
        spreads[scramble] = {name: merged([each[name] for each in of]) for name in of[0]}
    return Tally(spreads, {scramble: sum(tally.over.get(scramble, 0) for tally in tallies) for scramble in spreads})
