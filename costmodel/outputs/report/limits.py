"""Whether the designs of a report hold at the peak: every load against its limit, and what mends what breaks."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from costmodel.capacity.checks import BREAKS, HOLDS, ROUNDING, TIGHT, VERDICTS, Check, identity
from costmodel.capacity.plans import Judged, Plan
from costmodel.outputs.limits import (
    NO_REMEDY,
    amount,
    chances_words,
    limit,
    name,
    no_limit,
    percent,
    remedy_words,
    second_cells,
    step_words,
    used,
    what,
    whys,
)
from costmodel.outputs.report.lines import Estimate
from costmodel.outputs.seconds import consequence
from costmodel.outputs.words import number
from costmodel.quantities import Quantity
from costmodel.units import singular


class LimitRow(NamedTuple):
    """A check as the page shows it; `number` is its place among those of its estimate. `of` says whose the limit is.

    `judged` is None where nothing is used of nothing: then the row waits until something is.
    """

    number: int
    name: str
    of: str
    judged: Judged | None

    @property
    def cells(self) -> list[str]:
        """The load, the limit, how much of it is used."""
        if self.judged is None:
            return ["", "", ""]
        check = self.judged.check
        return [amount(check.load, check.unit), limit(check), used(self.judged.utilisation)]


class Limits(NamedTuple):
    """The limits of an estimate, by service and components; `mended` has why something breaks, and the remedies.

    `beside` says what bursts, steps and uncertain inputs come to.
    """

    estimate: Estimate
    plan: Plan
    groups: dict[tuple[str, str], list[LimitRow]]
    mended: list[tuple[str, list[str]]]
    beside: list[str]

    @property
    def verdict(self) -> str:
        """The worst there is; "" where there is none."""
        found = [judged.verdict for judged in self.plan.judged]
        return next((verdict for verdict in reversed(VERDICTS) if verdict in found), "")

    @property
    def without_limit(self) -> str:
        return no_limit(self.plan.without_limit) if self.plan.without_limit else ""


def limits_of(estimate: Estimate, plan: Plan) -> Limits:
    """The plan's verdicts, in the order of the traced checks, which the page computes with."""
    judged = {identity(each.check): each for each in plan.judged}
    groups: dict[tuple[str, str], list[LimitRow]] = {}
    for place, check in enumerate(estimate.page.checks):
        component = estimate.page.model.pattern.component(check.components[0])
        assert component is not None  # loads are of the pattern's components
        row = LimitRow(place, name(check), _whose(check), judged.get(identity(check)))
        groups.setdefault((component.service.name, ", ".join(check.components)), []).append(row)
    mended = [(why, [remedy_words(remedy, each.check) for remedy in each.remedies] or [NO_REMEDY]) for each, why in whys(plan)]
    return Limits(estimate, plan, groups, mended, [*_beside(plan)])


def _beside(plan: Plan) -> Iterator[str]:
    """What is not the hours' mean: seconds in which more comes, steps that take a while, what is likely."""
    for second in plan.seconds:
        if second.verdict != HOLDS:
            bears, share, over = second_cells(second)
            said = (
                f"{what(second.check)}: {bears} in the busiest second, {share} of the limit, above it {over}: {second.verdict}."
            )
            yield f"{said} {consequence(second)}".strip()
    yield from (step_words(step) for step in plan.slow_steps)
    if plan.chances is not None:
        uncertain = [each for each in plan.judged if plan.chances.at_mean[identity(each.check)] < 1]
        said = "; ".join(f"{what(each.check)} {percent(plan.chances.at_mean[identity(each.check)])}" for each in uncertain)
        yield f"Chance that a limit is not exceeded: {said or 'all 100%'}. {chances_words(plan.chances)}"


def _whose(check: Check) -> str:
    if check.quota is None:
        return "as the design provides"
    return f"{check.quota.key}, {'yours' if check.quota.own else 'AWS default'}"


def answer(limits: Limits) -> str:
    """What the plan comes to, in a sentence (limits.js says the same)."""
    judged = limits.plan.judged
    broken, tight = ([what(each.check) for each in judged if each.verdict == verdict] for verdict in (BREAKS, TIGHT))
    if not judged:
        return "no limit is known of what this uses"
    if broken:
        verb = "break" if len(broken) > 1 else "breaks"
        more = f" ({len(tight)} more {'are' if len(tight) > 1 else 'is'} tight)" if tight else ""
        return f"{len(broken)} of {len(judged)} limits {verb}{more}: {'; '.join(broken)}"
    if tight:
        return f"holds, but {len(tight)} of {len(judged)} limits {'are' if len(tight) > 1 else 'is'} tight: {'; '.join(tight)}"
    which = f"all {len(judged)} limits have" if len(judged) > 1 else "its one limit has"
    return f"holds: {which} {number(limits.plan.headroom * 100)}% left"


def outcome(limits: Limits) -> str:
    """The same in three words."""
    count = sum(judged.verdict == limits.verdict for judged in limits.plan.judged)
    words = {BREAKS: ("limit breaks", "limits break"), TIGHT: ("limit is tight", "limits are tight")}
    if limits.verdict in words:
        return f"{count} {words[limits.verdict][count > 1]}"
    return "holds at the peak" if limits.verdict else "no limits known"


# For the page's script


def rules(plans: list[Plan]) -> dict[str, Any]:
    """What a verdict goes by."""
    return {"headroom": plans[0].headroom, "rounding": ROUNDING, "verdicts": VERDICTS}


def checks_of(estimate: Estimate) -> list[dict[str, Any]]:
    """Of each check where its load and limit are among the values of the estimate's graph, and how they are said."""
    return [_check(check, estimate.script.slots) for check in estimate.page.checks]


def _check(check: Check, slots: dict[Any, int]) -> dict[str, Any]:
    ((load, most),) = check.by_period  # of a traced model
    thing, slash, span = check.unit.partition("/")
    own = {"own": " (yours)"} if check.quota and check.quota.own else {}
    return {
        "load": _place(load, slots),
        "limit": _place(most, slots),
        "unit": check.unit,
        "one": f"{singular(thing)}{slash}{span}",
        "what": what(check),
        **own,
        **({"exact": True} if check.exact else {}),
        **({"other": _place(check.other, slots)} if check.other is not None else {}),
    }


def _place(value: Any, slots: dict[Any, int]) -> Any:
    """The slot of a value; of one that no input changes, the value in a list."""
    if isinstance(value, Quantity):
        return slots.get(value, [value.value])
    return [value]
