"""Loads at peak against what bears them. The only module that compares with a quota."""

from collections.abc import Mapping as Map, Sequence
from typing import NamedTuple

from costmodel.capacity.quotas import ACCOUNT, Quota, QuotaSheet
from costmodel.components import OTHER_USAGE
from costmodel.flow import PeakLoad
from costmodel.quantities import Number, Numbers, largest_over_periods, total
from costmodel.shapes import Given
from costmodel.units import load_unit

HOLDS, TIGHT, BREAKS = "holds", "tight", "breaks"
VERDICTS = (HOLDS, TIGHT, BREAKS)
_ROUNDING = 1e-9  # of a utilisation: what arithmetic adds to 100% does not break anything


class Check(NamedTuple):
    """A load of one component, or of all that draw from a quota of the account, against its limit; both counted in `unit`.

    `quota` is None where the limit is what the design provisions. `setting` is the one that provides for the load.
    """

    components: tuple[str, ...]
    item: str
    unit: str
    load: Number
    limit: Number
    quota: Quota | None
    setting: str

    @property
    def utilisation(self) -> float:
        """The load as a share of the limit; infinite where nothing bears it."""
        return self.load / self.limit if self.limit else float("inf") if self.load else 0.0


def verdict(utilisation: float, headroom: float) -> str:
    """HOLDS up to 1 - headroom, TIGHT up to and including 1, BREAKS above."""
    if utilisation <= 1 - headroom + _ROUNDING:
        return HOLDS
    return TIGHT if utilisation <= 1 + _ROUNDING else BREAKS


def checks(
    loads: Sequence[PeakLoad], sheet: QuotaSheet, region: str, numbers: Numbers, other_usage: Map[str, Given] | None = None
) -> list[Check]:
    """Every load that has a limit, in the pattern's order; those on a quota of the account together, where its first is.

    `other_usage` is what the rest of the account asks of quotas, by key.
    """
    by_quota: dict[str, list[PeakLoad]] = {}
    for load in loads:
        by_quota.setdefault(load.quota, []).append(load)
    found = []
    for load in loads:
        if load.provisioned is not None:
            found.append(Check((load.component,), load.item, load.unit, load.amount, load.provisioned, None, load.setting))
        quota = sheet.quota(load.quota, region) if load.quota else None
        if quota is None or quota.given is None:
            continue
        if quota.scope != ACCOUNT:
            found.append(_against(quota, [load], load.amount, numbers))
        elif load is by_quota[load.quota][0]:
            other = (other_usage or {}).get(load.quota)
            found.append(_summed(quota, by_quota[load.quota], other, numbers))
    return found


def without_limit(loads: Sequence[PeakLoad], sheet: QuotaSheet, region: str) -> list[PeakLoad]:
    """The loads that nothing here says a limit of."""
    return [load for load in loads if load.provisioned is None and (not load.quota or sheet.quota(load.quota, region) is None)]


def _summed(quota: Quota, loads: list[PeakLoad], other: Given | None, numbers: Numbers) -> Check:
    """What all components, with all their copies, ask of a quota at once: the largest sum of a period, and the other usage."""
    in_each_period = [total(amounts) for amounts in zip(*(load.by_period for load in loads), strict=True)]
    amount = largest_over_periods(in_each_period)
    if other is not None:
        amount = amount + numbers.number(f"{OTHER_USAGE}.{quota.key}", other)
    return _against(quota, loads, numbers.in_unit(amount, load_unit(loads[0].unit)), numbers)


def _against(quota: Quota, loads: list[PeakLoad], amount: Number, numbers: Numbers) -> Check:
    first = loads[0]
    assert quota.given is not None  # one without a limit is not compared
    limit = numbers.in_unit(numbers.number(quota.path, quota.given), load_unit(first.unit))
    components = tuple(load.component for load in loads)
    return Check(components, first.item, first.unit, amount, limit, quota, first.setting if len(loads) == 1 else "")
