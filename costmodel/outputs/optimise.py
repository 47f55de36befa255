"""The cheapest setting, what it saves and which constraint binds, as a table, JSON or Markdown."""

import json as json_format
import shlex
from collections.abc import Callable, Mapping as Map
from typing import Any

from costmodel.capacity.checks import Check, utilisation
from costmodel.outputs.grid import Column, lines, widths, wrapped
from costmodel.outputs.limits import used, what
from costmodel.outputs.markdown import plain, table as markdown_table
from costmodel.outputs.words import exact, money, number, share
from costmodel.units import SECOND
from costmodel.whatif.constraints import Constraint, Standing
from costmodel.whatif.optimising import Bound, Optimum

SAID = 6  # digits
CENT = 0.005  # what no bill shows
_CHOICES = ["Choice", "Out of", "Now", "Then"]
_COSTS = ["A month's cost", "Now", "Then", "Change", "in %"]
_CONSTRAINTS = ["Constraint", "Now", "Then", "Binds"]
_CHOICE_COLUMNS = [Column("Choice", 16), Column("Out of", 10), Column("Now", 6, True), Column("Then", 6, True)]
_COST_COLUMNS = [Column(_COSTS[0], 16), *(Column(title, 6, True) for title in _COSTS[1:])]
_CONSTRAINT_COLUMNS = [Column("Constraint", 12), Column("Now", 8), Column("Then", 8), Column("Binds", 12)]


def render(form: str, found: Optimum, width: int) -> str:
    """In one of FORMATS."""
    return FORMATS[form](found, max(80, min(width, 140)))


def in_words(found: Optimum) -> list[str]:
    """What is chosen, what it saves, and which constraint binds."""
    chosen = ", ".join(f"{path} {then} instead of {now}" for path, _, now, then in _choices(found))
    bounds = [f"{bound.constraint.text}: {_binds(bound)}." for bound in found.bounds if bound.without is not None]
    return [f"{_headline(found)}.", f"{chosen}.", *bounds]


def nothing_found(found: Optimum) -> str:
    """That nothing keeps to the constraints, and what is nearest."""
    asked = " and ".join(f"'{each.text}'" for each in found.constraints)
    said = ", and ".join(_not_kept(each, found) for each in found.not_kept)
    return f"nothing that may be chosen keeps to {asked}; the nearest found is {set_line(found.chosen)}, where {said}"


def set_line(changes: Map[str, str]) -> str:
    """The options that make the changes: "--set 'ingest.buffer_size=128 MB'"."""
    return shlex.join(part for path, text in changes.items() for part in ("--set", f"{path}={text}"))


def _not_kept(constraint: Constraint, found: Optimum) -> str:
    if constraint.sign:
        return f"the longest delay is {_delay(found.then.standing)}"
    left = f"with {number(found.headroom * 100)}% of every limit left"
    return f"the plan does not hold {left}: {_broken(found.then.standing.failing)}"


def _broken(checks: tuple[Check, ...]) -> str:
    return ", ".join(f"{what(check)} ({_used(check)})" for check in checks)


def _used(check: Check) -> str:
    share_of = utilisation(check.load, check.limit)
    return f"{used(share_of)} used" if check.limit else "nothing bears it"


def _delay(standing: Standing) -> str:
    return f"{exact(standing.delay / SECOND, SAID)} s" if standing.delay else "none"


def _headline(found: Optimum) -> str:
    title = f"{found.model.pattern.title} · {found.model.scenario.title}: {money(found.then.total)} a month"
    if not found.changes:
        return f"{title}, as now"
    if not found.now.total:
        return title
    if abs(found.saved) < CENT:
        return f"{title}, no less than now"
    return f"{title}, {money(abs(found.saved))} {'less' if found.saved >= 0 else 'more'} than now ({_percent(found)})"


def _percent(found: Optimum) -> str:
    return share(abs(found.saved) / found.now.total)


def _choices(found: Optimum) -> list[list[str]]:
    return [[choice.path, choice.text, choice.now_said or "-", found.chosen[choice.path]] for choice in found.choices]


def _costs(found: Optimum) -> list[list[str]]:
    names = dict.fromkeys([*found.now.services, *found.then.services])
    pairs = [(name, found.now.services.get(name, 0.0), found.then.services.get(name, 0.0)) for name in names]
    return [_cost(*pair) for pair in [*pairs, ("Total", found.now.total, found.then.total)]]


def _cost(name: str, now: float, then: float) -> list[str]:
    change = then - now
    change = 0.0 if abs(change) < CENT else change
    return [name, money(now), money(then), money(change), "-" if not now else share(change / now).replace("-0.0%", "0.0%")]


def _constraints(found: Optimum) -> list[list[str]]:
    return [
        [bound.constraint.text, *(_stands(bound.constraint, each.standing) for each in (found.now, found.then)), _binds(bound)]
        for bound in found.bounds
    ]


def _stands(constraint: Constraint, standing: Standing) -> str:
    if constraint.sign:
        return _delay(standing)
    return f"{len(standing.failing)} do not" if standing.failing else "holds"


def _binds(bound: Bound) -> str:
    if bound.without is None:
        return "no"
    said = f"without it {money(bound.cheaper)} a month less"
    return said if bound.constraint.sign else f"{said}, but then not: {_broken(bound.without.standing.failing)}"


def _closing(found: Optimum) -> str:
    return set_line(found.changes) if found.changes else "Nothing that may be chosen is cheaper than what there is."


def _table(found: Optimum, width: int) -> str:
    card = found.model.card
    text = [*wrapped(_headline(found), width), *wrapped(f"prices {card.name} · {card.currency}, before tax", width)]
    text += ["", *_grid(_CHOICES, _CHOICE_COLUMNS, _choices(found), width)]
    text += ["", *_grid(_COSTS, _COST_COLUMNS, _costs(found), width, summed=True)]
    if found.bounds:
        text += ["", *_grid(_CONSTRAINTS, _CONSTRAINT_COLUMNS, _constraints(found), width)]
    return "\n".join([*text, "", _closing(found)]) + "\n"


def _grid(heads: list[str], columns: list[Column], rows: list[list[str]], width: int, summed: bool = False) -> list[str]:
    """A table; where it is summed up, its last row below a line."""
    sizes = widths(columns, [heads, *rows], width)
    rule = "-" * (sum(sizes) + 2 * (len(sizes) - 1))
    parts = [lines(row, columns, sizes) for row in rows]
    if summed:
        parts.insert(-1, [rule])
    return [*lines(heads, columns, sizes), rule, *(line for part in parts for line in part)]


def _markdown(found: Optimum, width: int) -> str:
    text = [f"## {plain(_headline(found))}", ""]
    for heads, rows, figures in (
        (_CHOICES, _choices(found), 2),
        (_COSTS, _costs(found), 4),
        (_CONSTRAINTS, _constraints(found), 0),
    ):
        if rows:
            text += [*markdown_table(heads, [[plain(cell) for cell in row] for row in rows], figures=figures), ""]
    return "\n".join([*text, f"`{set_line(found.changes)}`" if found.changes else _closing(found)]) + "\n"


def _json(found: Optimum, width: int) -> str:
    data = {
        "pattern": found.model.pattern.name,
        "scenario": found.model.scenario.name,
        "rate_card": found.model.card.name,
        "now": _stands_in_json(found.now.total, found.now.services, found.now.standing),
        "then": _stands_in_json(found.then.total, found.then.services, found.then.standing),
        "saved": found.saved,
        "choices": [
            {"path": choice.path, "of": choice.text, "now": choice.now_said, "then": found.chosen[choice.path]}
            for choice in found.choices
        ],
        "constraints": [
            {
                "constraint": bound.constraint.text,
                "kept_now": found.now.standing.keeps(bound.constraint),
                "binds": bound.without is not None,
                "cheaper_without": bound.cheaper,
                "breaks_without": [] if bound.without is None else [what(check) for check in bound.without.standing.failing],
            }
            for bound in found.bounds
        ],
        "changes": dict(found.changes),
    }
    return json_format.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _stands_in_json(total: float, services: Map[str, float], standing: Standing) -> dict[str, Any]:
    return {"total": total, "services": dict(services), "delay_s": standing.delay / SECOND}


FORMATS: dict[str, Callable[[Optimum, int], str]] = {"table": _table, "json": _json, "markdown": _markdown}
