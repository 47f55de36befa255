"""What a comparison sees of an estimate: from a bill, or read back from the JSON that `estimate --format json` wrote."""

import json
import math
import os
from typing import Any, NamedTuple

from costmodel.bill import Bill
from costmodel.errors import InputError, Place, Problem
from costmodel.yamlfile import read_text


class CostLine(NamedTuple):
    """A line of a bill, with its cost in the bill's currency."""

    component: str
    service: str
    description: str
    tier: str | None
    cost: float


class Estimate(NamedTuple):
    """An estimate under the name that the user gave it, on the corrected basis.

    `list_total` is without discounts, `discounted` whether there are any. `saved` is the file that it was read from; such a
    one lacks what the JSON does not say.
    """

    name: str
    pattern: str
    scenario: str
    rate_card: str
    month_hours: float
    records: float
    total: float
    fixed: float
    lines: tuple[CostLine, ...]
    list_total: float
    discounted: bool
    saved: str | None = None
    as_of: str = ""
    not_priced: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def per_million_records(self) -> float | None:
        """None where no records come in."""
        return self.total / self.records * 1_000_000 if self.records else None


def of_bill(bill: Bill, name: str) -> Estimate:
    return Estimate(
        name=name,
        pattern=bill.pattern,
        scenario=bill.scenario,
        rate_card=bill.rate_card,
        month_hours=bill.month_hours,
        records=bill.records,
        total=bill.total,
        fixed=bill.fixed,
        lines=tuple(CostLine(line.component, line.service, line.description, line.tier, line.cost) for line in bill.lines),
        list_total=bill.list_total,
        discounted=bill.discounted,
        as_of=bill.as_of,
        not_priced=bill.not_priced,
        notes=bill.notes,
    )


def saved(path: str, name: str, scenario: str | None = None, if_several: str | None = None) -> Estimate:
    """The estimate in the JSON file at `path`: the one of `scenario`, or where there are several, of `if_several`.

    Raises InputError for what is no such file, or does not hold exactly one that is asked for.
    """
    content = _content(path)
    problems: list[str] = []
    found = []
    for number, each in enumerate(content if isinstance(content, list) else [content], 1):
        estimate = _estimate(each, name, path, f"estimate {number}: " if isinstance(content, list) else "", problems)
        found += [estimate] if estimate is not None else []
    if problems or not found:
        raise InputError(*(Problem(Place(path), problem) for problem in problems or ["is no saved estimate: the list is empty"]))
    asked = scenario or (if_several if len(found) > 1 else None)
    chosen = [estimate for estimate in found if asked is None or estimate.scenario == _name_of(asked)]
    if len(chosen) != 1:
        there = ", ".join(dict.fromkeys(estimate.scenario for estimate in found))
        if len(chosen) > 1 and asked:
            raise InputError(
                Problem(Place(path), f"has {len(chosen)} estimates of the scenario '{asked}'; save one of them alone")
            )
        wanted = f"no estimate of the scenario '{asked}'" if asked else "several estimates; name one with --scenario"
        raise InputError(Problem(Place(path), f"has {wanted}. Its scenarios: {there}"))
    return chosen[0]


def _name_of(scenario: str) -> str:
    """A scenario's name, as estimates have it, of a name or a path."""
    return os.path.basename(scenario).rpartition(".")[0] if scenario.endswith((".yaml", ".yml")) else scenario


def _content(path: str) -> Any:
    text = read_text(path, path)
    try:
        return json.loads(text, parse_int=float)
    except json.JSONDecodeError as error:
        raise InputError(Problem(Place(path, error.lineno, error.colno), f"is damaged JSON: {error.msg}")) from None
    except RecursionError:
        raise InputError(Problem(Place(path), "is no saved estimate: it is nested too deeply")) from None


_HEAD = {"pattern": str, "scenario": str, "rate_card": str, "month_hours": float, "records": float}
_HEAD |= {"corrected_total": float, "fixed": float, "lines": list}
_LINE = {"component": str, "service": str, "description": str, "cost": float}
_WORDS = {str: "a line of text", float: "a number from 0 up", list: "a list"}


def _estimate(each: Any, name: str, path: str, where: str, problems: list[str]) -> Estimate | None:
    """The estimate that `each` is; None, and why in `problems`, if it is none."""
    before = len(problems)
    _check(each, _HEAD, where, problems)
    if isinstance(each, dict) and not _is(each.get("list_total", 0.0), float):  # what an older costmodel saved has none
        problems.append(f"{where}'list_total' is not {_WORDS[float]}")
    for number, line in enumerate(each["lines"] if len(problems) == before else [], 1):
        _check(line, _LINE, f"{where}line {number}: ", problems)
        if isinstance(line, dict) and line.get("tier") is not None and not _is(line["tier"], str):
            problems.append(f"{where}line {number}: 'tier' is not {_WORDS[str]}")
    if len(problems) > before:
        return None
    if each.get("currency", "USD") != "USD":
        problems.append(f"{where}its currency is {each['currency']}; estimates are compared in USD")
    lines = tuple(CostLine(tier=line.get("tier"), **{key: line[key] for key in _LINE}) for line in each["lines"])
    total = sum(line.cost for line in lines)
    if not math.isclose(total, each["corrected_total"], rel_tol=1e-9, abs_tol=1e-9):
        problems.append(f"{where}its lines add up to {total}, not to its corrected_total, {each['corrected_total']}")
    head = {key: each[key] for key in _HEAD if key in Estimate._fields}
    discounted = any(line.get("discount") for line in each["lines"])
    listed = {"list_total": each.get("list_total", total), "discounted": discounted}
    return Estimate(**{**head, **listed, "name": name, "total": total, "lines": lines, "saved": path})


def _check(value: Any, fields: dict[str, type], where: str, problems: list[str]) -> None:
    if not isinstance(value, dict):
        problems.append(f"{where}is not what estimate --format json writes")
        return
    lacking = [key for key in fields if key not in value]
    if lacking:
        words = ", ".join(f"'{key}'" for key in lacking)
        problems.append(f"{where}is not what estimate --format json writes: it has no {words}")
    problems += [
        f"{where}'{key}' is not {_WORDS[kind]}" for key, kind in fields.items() if key in value and not _is(value[key], kind)
    ]


def _is(value: Any, kind: type) -> bool:
    if isinstance(value, float):
        return kind is float and 0 <= value < math.inf
    return isinstance(value, kind) and (not isinstance(value, str) or value.isprintable())
