"""The quantities of an estimate by name, for row expressions.

traffic.peak_rate, ingest.buffer_size, rates.s3.storage.1.usd    inputs, in base units
traffic.records, traffic.volume, month                           the month's traffic and its length
total                                                            what the estimate comes to
ingest.cost, ingest.ingested.cost, .quantity, .2.quantity        charges: of a component, a price, a tier
ingest.objects, month.ingest.objects                             steps of a rule: over the periods, over the average month
KB, MB, GB, TB, second, hour, day                                units
"""

from functools import cached_property

from costmodel.errors import InputError, did_you_mean
from costmodel.estimating import Floats, Result, Traced, run
from costmodel.models import Model
from costmodel.quantities import Quantity
from costmodel.shapes import Given
from costmodel.units import DAY, GB, HOUR, KB, RATE, SECOND

UNITS = {"KB": KB, "MB": KB**2, "GB": GB, "TB": KB**4, "second": SECOND, "hour": HOUR, "day": DAY}


class _Recorded(Floats):
    """Floats that note every input by its path."""

    def __init__(self) -> None:
        self.inputs: dict[str, float] = {}

    def number(self, path: str, given: Given) -> float:
        self.inputs[path] = given.value
        return given.value


class Figures:
    """The figures of one model. Steps of rules are traced only when one is asked for."""

    def __init__(self, model: Model) -> None:
        self.model = model

    def value(self, name: str) -> float:
        """The figure of this name. Raises InputError if the estimate has none."""
        for figures in (UNITS, self._known):
            if name in figures:
                return figures[name]
        if name not in self._steps:
            hint = did_you_mean(name, [*self._known, *self._steps])
            raise InputError(f"the estimate of {self.model.pattern.name} has no figure '{name}'.{hint}")
        return self._steps[name]

    @cached_property
    def _run(self) -> tuple[Result, _Recorded]:
        numbers = _Recorded()
        return run(self.model, numbers), numbers

    @property
    def result(self) -> Result:
        """The model's run on floats."""
        return self._run[0]

    @cached_property
    def _known(self) -> dict[str, float]:
        result, numbers = self._run
        figures = dict(numbers.inputs)
        records = result.metered.records
        figures["total"] = result.total
        figures["traffic.records"] = records
        figures["traffic.volume"] = records * sum(size if of is None else of * size for of, size in self._sizes(numbers))
        for charge in result.charges:
            component, price = charge.usage.component, charge.rate.key.rpartition(".")[2]
            for name in (component, f"{component}.{price}", f"{component}.{price}.{charge.tier}"):
                figures[f"{name}.cost"] = figures.get(f"{name}.cost", 0.0) + charge.cost
                figures[f"{name}.quantity"] = figures.get(f"{name}.quantity", 0.0) + charge.quantity
        return figures

    def _sizes(self, numbers: Floats) -> list[tuple[float | None, float]]:
        return self.model.scenario.traffic.record_sizes(numbers)

    @cached_property
    def _steps(self) -> dict[str, float]:
        result = run(self.model, Traced())
        steps: dict[str, float] = {}
        waiting: list[Quantity] = [charge.cost for charge in result.charges]  # type: ignore[misc]
        seen: set[Quantity] = set()
        while waiting:
            quantity = waiting.pop()
            if quantity in seen:
                continue
            seen.add(quantity)
            waiting.extend(quantity.operands)
            if quantity.name and quantity.dimension != RATE:  # a sum of rates over periods would mean nothing
                value = quantity.value
                steps[f"{quantity.scope}.{quantity.name}"] = sum(value) if isinstance(value, tuple) else value
        return steps
