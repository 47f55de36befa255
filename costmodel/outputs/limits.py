"""What is said of loads and limits, in every output: what is compared, how much of it is used, why it breaks, what mends it."""

import math
from collections.abc import Iterable

from costmodel.capacity.chances import Chances
from costmodel.capacity.checks import ROUNDING, Check
from costmodel.capacity.plans import AGGREGATE, RAISE, Judged, Plan, Remedy
from costmodel.capacity.seconds import Second
from costmodel.capacity.steps import Step
from costmodel.flow import PeakLoad
from costmodel.outputs import seconds
from costmodel.outputs.words import money, number
from costmodel.uncertainty.distributions import Around
from costmodel.uncertainty.inputs import Uncertain
from costmodel.units import SIZE, best_unit, singular

NO_REMEDY = "no setting that costmodel can try mends it, and AWS does not raise it: another design is needed"


def limit(check: Check) -> str:
    """ "10,000", in the load's unit; "20 MB/s (yours)"."""
    said = amount(check.limit, check.unit) if check.unit.startswith("bytes") else number(check.limit)
    return f"{said} (yours)" if check.quota and check.quota.own else said


def percent(chance: float) -> str:
    """A chance that is not quite certain is not said to be."""
    return "over 99.9%" if 0.9995 <= chance < 1 else "below 0.1%" if 0 < chance < 0.0005 else f"{number(chance * 100, 1)}%"


def amount(value: float, unit: str) -> str:
    """ "5,000 records/s", "4.88 MB/s", "1 KB"."""
    if not unit.startswith("bytes"):
        what, slash, span = unit.partition("/")
        return f"{number(value)} {singular(what) if value == 1 else what}{slash}{span}"
    size = best_unit(value, SIZE)
    assert size is not None  # there are units of size
    return f"{number(value / size.scale)} {size.name}{unit.removeprefix('bytes')}"


def used(share: float) -> str:
    """ "83.3%"; a dash where nothing bears the load. What is just above all of it is not said to be all of it."""
    if share == math.inf:
        return "-"
    said = number(share * 100, 1 if share < 2 else 0)
    return "over 100%" if said == "100" and share > 1 + ROUNDING else f"{said}%"


def name(check: Check) -> str:
    """What is compared: "Records", "Write units, provisioned"."""
    return f"{check.item}{_provisioned(check)}"


def what(check: Check) -> str:
    """What is compared, and of which components: "Write units of table, provisioned"."""
    return f"{check.item} of {', '.join(check.components)}{_provisioned(check)}"


def lowered(item: str) -> str:
    """ "Write units" within a sentence; "PutRecordBatch requests" stays as it is."""
    return item[:1].lower() + item[1:] if item[1:].islower() else item


def _provisioned(check: Check) -> str:
    own = check.quota or check.exact or check.item.startswith("Provisioned")
    return "" if own else ", provisioned"


def no_limit(loads: Iterable[PeakLoad]) -> str:
    """The loads that nothing here says a limit of."""
    return f"No limit is known here for: {', '.join(f'{lowered(load.item)} of {load.component}' for load in loads)}."


def reason(check: Check, when: str = "") -> str:
    """Why a check breaks, in a sentence; `when` it does, where that is no hour's mean."""
    who, bears, most = ", ".join(check.components), amount(check.load, check.unit), amount(check.limit, check.unit)
    if check.exact:
        return f"{who}: {number(check.load)} records in an invocation, but they come in {number(check.limit)} at a time."
    largest = max((load for load, _ in check.by_period), default=check.load)
    when = when or ("at the peak" if check.load == largest else "outside the peak")
    said = f"{who}, {lowered(check.item)}: {bears} {when}"
    if check.quota is None:
        return f"{said}, {most} are provisioned{'' if check.load == largest else ' then'}."
    said += f", {amount(check.other, check.unit)} of them the rest of the account," if check.other else ","
    whose = "yours" if check.quota.own else "AWS's default"
    fixed = "" if check.quota.asked_for.adjustable else "; AWS does not raise it"
    note = f" {check.quota.note}" if check.quota.note else ""
    return f"{said} and the quota {check.quota.key} is {most} ({whose}{fixed}).{note}"


def whys(plan: Plan) -> list[tuple[Judged, str]]:
    """What breaks, at the mean of an hour or in the busiest second, each with a sentence or two."""
    waits = " What is above it waits."
    said = [(each, f"{reason(each.check)}{waits * plan.waits(each.check)}") for each in plan.breaks]
    return said + [(each, reason(each.check, "in the busiest second")) for each in plan.breaks_in_bursts]


def remedy_words(remedy: Remedy, check: Check) -> str:
    """ "write_capacity: 125 (+$53.82 a month)"."""
    if remedy.kind == RAISE:
        assert not isinstance(remedy.value, str)  # a quota is a number
        return f"have {remedy.what} raised to {amount(remedy.value, remedy.unit)} (AWS does it on request)"
    said = [_difference(remedy.cost)]
    if remedy.kind == AGGREGATE:
        said.append("if what is done once for each record is then done once for all in one")
    if remedy.more_work:
        said.append("if an invocation takes as long as now")
    if remedy.is_tight:
        said.append("tight then")
    if remedy.breaks:
        broken = " and ".join(what(each) for each in remedy.breaks)
        said.append(f"but then {broken} would break")
    aggregated = f"put {number(float(remedy.value))} records into one" if remedy.kind == AGGREGATE else ""
    return f"{aggregated or f'{remedy.what}: {remedy.value}'} ({', '.join(said)})"


def _difference(cost: float) -> str:
    return "the same cost" if abs(cost) < 0.005 else f"{'+' if cost > 0 else '-'}{money(abs(cost))} a month"


def second_cells(second: Second) -> list[str]:
    """The load, how much of the limit it is, and how often it is above it."""
    return [amount(second.check.load, second.check.unit), used(second.utilisation), seconds.share_over(second)]


def step_words(step: Step) -> str:
    """How long a step takes, in two sentences."""
    asked = f"{amount(step.rise, step.unit)} more when {step.after} follows {step.before}"
    started = f"{number(step.at_once)} at once and {number(step.per_second)} more each second"
    return (
        f"{step.component}, {lowered(step.item)}: {asked}. AWS starts {started}; all of them run after {number(step.seconds)} s."
    )


def chances_words(chances: Chances) -> str:
    """What a plan's chances are made of."""
    return uncertain_words(chances.uncertain.inputs, chances.uncertain.are_correlated)


def uncertain_words(inputs: tuple[Uncertain, ...], are_correlated: bool = False) -> str:
    """What chances are made of."""
    said = list(
        dict.fromkeys(f"{each.asked} ({each.text})" if "," in each.text else f"{each.asked} {each.text}" for each in inputs)
    )
    words = [f"Uncertain inputs: {', '.join(said)}."]
    if any(isinstance(each.distribution, Around) for each in inputs):
        is_said = any(each.text.count("..") > 1 for each in inputs)
        middle = "its middle or, where none is said, what the files say" if is_said else "what the files say"
        words.append(f"In 9 of 10 cases an input is within its range, in half of them above {middle}.")
    if len(said) > 1:
        words.append("They are correlated as the scenario says." if are_correlated else "One knows nothing of another.")
    return " ".join(words)
