"""A plan's busiest seconds in words: what bursts ask for, how often it is too much, and what becomes of it."""

import math
from typing import Any

from costmodel.capacity.plans import Plan
from costmodel.capacity.queues import Peak, Queue
from costmodel.capacity.seconds import Second
from costmodel.outputs.words import amount, number
from costmodel.units import SECOND, SIZE, TIME


def heading(plan: Plan) -> str:
    """What the seconds are like; the scenario says it."""
    bursts = plan.model.scenario.traffic.bursts
    if bursts is None:
        return "What waits before its queues, from hour to hour"
    return f"In its busiest seconds: {bursts.words}, {bursts.length.text} long"


def consequence(second: Second) -> str:
    """What becomes of what is above the limit; "" where nothing is."""
    if second.refused:
        return f"{_percent(second.refused)} of what comes is above the limit, and refused unless it is sent again."
    if second.waiting is None:
        return ""
    within = _within(second.waiting.in_seconds, second.waiting.period, second.check.unit)
    return " ".join(filter(None, (within, _over_hours(second.waiting.in_hours, second.check.unit))))


def _within(queue: Queue, period: str, unit: str) -> str:
    if not queue.mean_delay or queue.mean_delay == math.inf:  # hours tell what becomes of it
        return ""
    mean, most = _duration(queue.mean_delay), _duration(queue.delay_99)
    said = f"In {period.replace('_', ' ')} records wait {mean} on average, 99% of them at most {most}"
    return f"{said}{_backlog(queue.backlog_99, unit, '; 99% of the time no more than {} wait')}."


def _over_hours(peak: Peak, unit: str) -> str:
    if peak.longest_delay == math.inf:
        return "What waits grows without end: on average more comes than the limit."
    if not peak.longest_delay:
        return ""
    late, after = _duration(peak.longest_delay), _duration(peak.drained_after)
    said = f"From hour to hour, records are up to {late} late{_backlog(peak.largest_backlog, unit, ', as up to {} wait')}"
    return f"{said}, and all is worked off {after} after that."


def _backlog(backlog: float, unit: str, words: str) -> str:
    """What waits, where it is anything that one counts; executions are no queue of theirs."""
    if not unit.endswith("/s"):
        return ""
    what = unit.removesuffix("/s")
    return words.format(amount(backlog, SIZE, 3) if what == "bytes" else f"{number(backlog, 0)} {what}")


def _duration(seconds: float) -> str:
    return amount(seconds * SECOND, TIME, 3)


def _percent(share: float) -> str:
    return f"{number(share * 100, 1)}%"


def share_over(second: Second) -> str:
    """How much of the month it is too much."""
    return f"{_percent(second.share_over)} of the time" if second.share_over else "never"


def as_row(second: Second) -> dict[str, Any]:
    """For JSON. Backlogs are counted in the check's unit without the "/s", delays in seconds; what has no end is null."""
    check, waiting = second.check, second.waiting
    return {
        "components": list(check.components),
        "item": check.item,
        "unit": check.unit,
        "load": check.load,
        "limit": check.limit,
        "utilisation": second.utilisation if check.limit else None,
        "verdict": second.verdict,
        "share_over": second.share_over,
        "refused": None if waiting else second.refused,
        "waiting": waiting
        and {
            "period": waiting.period,
            "in_seconds": _finite(waiting.in_seconds._asdict()),
            "in_hours": _finite(waiting.in_hours._asdict()),
        },
    }


def _finite(figures: dict[str, float]) -> dict[str, float | None]:
    return {name: None if value == math.inf else value for name, value in figures.items()}
