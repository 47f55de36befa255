"""Loads at peak against what bears them. The only module that compares with a quota."""

import math
from collections.abc import Mapping as Map, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from costmodel.capacity.quotas import ACCOUNT, Quota, QuotaSheet
from costmodel.components import OTHER_USAGE
from costmodel.errors import InputError, Problem
from costmodel.flow import PeakLoad
from costmodel.quantities import Number, Numbers, larger, largest_over_periods, named, total
from costmodel.shapes import Given
from costmodel.units import COUNT, RATE, SIZE, SMALLEST, Dimension, load_unit

if TYPE_CHECKING:
    from costmodel.models import Model

HOLDS, TIGHT, BREAKS = "holds", "tight", "breaks"
VERDICTS = (HOLDS, TIGHT, BREAKS)
ROUNDING = 1e-9  # of a utilisation: what arithmetic adds to 100% does not break anything


class Check(NamedTuple):
    """A load of one component, or of all that draw from a quota of the account, against its limit; both counted in `unit`.

    `quota` is None where the limit is what the design provisions. `setting` is the one that provides for the load. `by_period`
    has load and limit of each period; `load` and `limit` are those of the one that uses most. `other` is what the rest of the
    account asks for, which is part of the load. What is above the limit `waits` by itself, as reads do; an `exact` limit needs no
    headroom.

    Of a traced model, `by_period` has one pair, whose quantities may have a value for each period, and `load` and `limit` are
    the largest of each: which period uses most may change with an input.
    """

    components: tuple[str, ...]
    item: str
    unit: str
    load: Number
    limit: Number
    quota: Quota | None
    setting: str
    by_period: tuple[tuple[Number, Number], ...]
    other: Number | None = None
    waits: bool = False
    exact: bool = False


def identity(check: Check) -> tuple[str, str, str]:
    """What tells a check from the others of its plan."""
    return ", ".join(check.components), check.item, check.quota.key if check.quota else ""


def utilisation(load: float, limit: float) -> float:
    """The load as a share of the limit; infinite where nothing bears it."""
    return load / limit if limit else math.inf if load else 0.0


def verdict(used: float, headroom: float) -> str:
    """HOLDS up to 1 - headroom, TIGHT up to and including 1, BREAKS above."""
    if used <= 1 - headroom + ROUNDING:
        return HOLDS
    return TIGHT if used <= 1 + ROUNDING else BREAKS


def judged(check: Check, used: float, headroom: float) -> str:
    """The verdict on a check of which so much is used."""
    return verdict(used, 0.0 if check.exact else headroom)


def checks(
    loads: Sequence[PeakLoad], sheet: QuotaSheet, region: str, numbers: Numbers, other_usage: Map[str, Given] | None = None
) -> list[Check]:
    """Every load that has a limit, in the pattern's order; those on a quota of the account together, where its first is.

    `numbers` is a reading on floats or arrays. `other_usage` is what the rest of the account asks of quotas, by key.
    """
    by_quota: dict[str, list[PeakLoad]] = {}
    for load in loads:
        by_quota.setdefault(load.quota, []).append(load)
    found = []
    for load in loads:
        if load.provisioned is not None:
            found.append(_against_provisioned(load, numbers))
        quota = sheet.quota(load.quota, region) if load.quota else None
        if quota is None or quota.given is None:
            continue
        if quota.scope != ACCOUNT:
            amounts = tuple(amount for amount, _ in load.by_period)
            found.append(_against(quota, [load], amounts, None, numbers))
        elif load is by_quota[load.quota][0]:
            other = (other_usage or {}).get(load.quota)
            found.append(_of_account(quota, by_quota[load.quota], other, numbers))
    return found


def checks_of(model: "Model", loads: Sequence[PeakLoad], numbers: Numbers) -> list[Check]:
    """The checks of a model's loads in a reading; none of a model that was opened without quotas."""
    if model.sheet is None:
        return []
    other_usage = model.sheet.other_usage(model.scenario.other_usage)
    return checks(loads, model.sheet, model.card.region, numbers, other_usage)


def without_limit(loads: Sequence[PeakLoad], sheet: QuotaSheet, region: str) -> list[PeakLoad]:
    """The loads that nothing here says a limit of."""
    return [load for load in loads if load.provisioned is None and (not load.quota or sheet.quota(load.quota, region) is None)]


def _against_provisioned(load: PeakLoad, numbers: Numbers) -> Check:
    """The period that uses most of what is provisioned then: it may be another than the busiest."""
    by_period = tuple((amount, limit) for amount, limit in load.by_period if limit is not None)
    worst = by_period[0]
    for amount, limit in by_period[1:]:
        more = _share(amount, limit) > _share(*worst)
        worst = _chosen(more, amount, worst[0]), _chosen(more, limit, worst[1])
    if numbers.traced and load.provisioned is not None:
        worst = load.amount, load.provisioned
    return Check(
        (load.component,), load.item, load.unit, *worst, None, load.setting, by_period, waits=load.waits, exact=load.exact
    )


def _share(amount: Number, limit: Number) -> Number:
    """Of the limit; where there is none, whichever asks for more is the worse."""
    return amount / larger(limit, SMALLEST)


def _chosen(condition: Any, one: Number, other: Number) -> Any:
    if isinstance(condition, bool):
        return one if condition else other
    import numpy as np

    return np.where(condition, one, other)


def _of_account(quota: Quota, loads: list[PeakLoad], other: Given | None, numbers: Numbers) -> Check:
    """What all components, with all their copies, ask of a quota in each period, and beside them the rest of the account."""
    unit = load_unit(loads[0].unit)
    amounts = tuple(total(of_period) for of_period in zip(*(load.of_copies for load in loads), strict=True))
    if other is None:
        return _against(quota, loads, amounts, None, numbers)
    rest = numbers.in_unit(numbers.number(f"{OTHER_USAGE}.{quota.key}", other), unit)
    return _against(quota, loads, tuple(amount + rest for amount in amounts), rest, numbers)


def _against(quota: Quota, loads: list[PeakLoad], amounts: tuple[Number, ...], other: Number | None, numbers: Numbers) -> Check:
    first = loads[0]
    limit = limit_in(first.unit, quota, numbers)
    components = tuple(dict.fromkeys(load.component for load in loads))
    setting = first.setting if len(loads) == 1 else ""
    by_period = tuple((amount, limit) for amount in amounts)
    own = len(loads) == 1 and quota.scope != ACCOUNT
    largest = first.amount if own else named(largest_over_periods(amounts), first.component, _at_peak(first), first.unit)
    waits = all(load.waits for load in loads)
    return Check(components, first.item, first.unit, largest, limit, quota, setting, by_period, other, waits)


def _at_peak(load: PeakLoad) -> str:
    """What the sum of an account's loads is called, in the steps of an explanation."""
    return f"{load.item.lower().replace(' ', '_')}_of_the_account_at_peak"


def limit_in(unit: str, quota: Quota, numbers: Numbers) -> Number:
    """What a quota is in the unit of a load. Raises InputError where it counts something else."""
    given = quota.given
    assert given is not None  # one without a limit is not compared
    if given.dimension != _dimension(unit):
        raise InputError(Problem(given.place, f"'{given.text}' does not measure {quota.key}, which is of {unit}"))
    return numbers.in_unit(quota.amount(numbers), load_unit(unit))  # type: ignore[no-any-return]


def _dimension(unit: str) -> Dimension:
    """Of what a load's unit counts: "bytes/s", "records/s", "executions"."""
    of_bytes = unit.startswith("bytes")
    if not unit.endswith("/s"):
        return SIZE if of_bytes else COUNT
    return (SIZE[0], RATE[1], SIZE[2]) if of_bytes else RATE
