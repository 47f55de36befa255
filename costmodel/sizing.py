"""Settings that are auto: as many shards, capacity units or executions as the load asks for, of the quotas there are."""

from collections.abc import Iterator, Mapping as Map
from typing import TYPE_CHECKING, Any

from costmodel.components import Component
from costmodel.errors import MissingPrice
from costmodel.metering import Stream
from costmodel.quantities import Number, Numbers, largest_over_periods, named
from costmodel.settings import Service
from costmodel.shapes import Given, Word
from costmodel.units import COUNT

if TYPE_CHECKING:
    from costmodel.models import Model


class Limits(Map[str, Number]):
    """The quotas of a service, by their names, in base units: what a shard or a partition takes.

    One that the sheet does not have is MissingPrice where a rule asks for it.
    """

    def __init__(self, model: "Model", service: Service, numbers: Numbers) -> None:
        self._model, self._service, self._numbers = model, service, numbers

    def __getitem__(self, name: str) -> Number:
        key, sheet = f"{self._service.key}.{name}", self._model.sheet
        assert sheet is not None  # a model with settings that are auto has one
        quota = sheet.quota(key, self._model.card.region)
        if quota is None or quota.given is None:
            raise MissingPrice(f"the quota sheet {sheet.name} ({sheet.place}) does not say '{key}', which auto is made of")
        return quota.amount(self._numbers)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def with_sizes(
    component: Component, streams: list[Stream], settings: list[dict[str, Any]], rates: Any, limits: Limits
) -> list[dict[str, Any]]:
    """The settings of each period, with numbers for those that are auto.

    Those that follow the load are each period's own; the others are the same all the time, the largest that a period asks for.
    """
    service = component.service
    assert service.size is not None  # only its settings can be auto
    asked = [service.size(stream, service.settings(**own), rates, limits) for stream, own in zip(streams, settings, strict=True)]
    result = [dict(own) for own in settings]
    for name in component.auto:
        values: list[Any] = [of_period[name] for of_period in asked]
        if not service.setting_fields()[name].follows:
            values = [largest_over_periods(values)] * len(values)
        for own, value in zip(result, values, strict=True):
            own[name] = named(value, component.name, name)
    return result


def with_fixed_sizes(model: "Model", sized: Map[str, list[dict[str, Number]]]) -> "Model":
    """The model with numbers for its settings that are auto: what they came to in each period (flow.Metered, on floats)."""
    if not sized:
        return model
    periods = [period.name for period in model.scenario.traffic.steady]

    def fixed(component: Component) -> Component:
        own, place = {}, component.place
        for name in component.auto:
            values = [of_period[name] for of_period in sized[component.name]]
            own[name] = {
                Word(period, place): Given(value, f"{value:.10g}", COUNT, place)
                for period, value in zip(periods, values, strict=True)
            }
        return component._replace(settings={**component.settings, **own})

    pattern = model.pattern
    components, flow = tuple(map(fixed, pattern.components)), tuple(map(fixed, pattern.flow))
    return model._replace(pattern=pattern._replace(components=components, flow=flow))
