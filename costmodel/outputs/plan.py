"""A plan in words: what each component bears at the peak, of what limit, and what mends what breaks."""

import json as json_format
from collections.abc import Callable
from typing import Any

from costmodel.bill import notices
from costmodel.capacity.checks import BREAKS, HOLDS, TIGHT, VERDICTS, Check, identity
from costmodel.capacity.plans import Judged, Plan, Remedy
from costmodel.capacity.seconds import Second
from costmodel.outputs import seconds
from costmodel.outputs.grid import Column, lines, widths, wrapped
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
from costmodel.outputs.markdown import plain, table as markdown_table
from costmodel.outputs.spreadsheets import as_text
from costmodel.outputs.words import number

_TITLES = ["", "Load at peak", "Limit", "Used", "Verdict"]
_COLUMNS = [
    Column("", 16),
    Column(_TITLES[1], 10, True),
    Column(_TITLES[2], 10, True),
    Column(_TITLES[3], 6, True),
    Column(_TITLES[4], 7),
]


CHANCE = "Chance"
_SECOND_TITLES = ["", "Busiest second", "Used", "Above the limit", "Verdict"]
_SECOND_COLUMNS = [
    Column("", 16),
    Column(_SECOND_TITLES[1], 10, True),
    Column(_SECOND_TITLES[2], 6, True),
    Column(_SECOND_TITLES[3], 15),
    Column(_SECOND_TITLES[4], 7),
]


def render(form: str, plans: list[Plan], width: int) -> str:
    """In one of FORMATS."""
    return FORMATS[form](plans, max(80, min(width, 140)))


def _table(plans: list[Plan], width: int) -> str:
    return "\n\n".join("\n".join(_one(plan, width)) for plan in plans) + "\n"


def _one(plan: Plan, width: int) -> list[str]:
    rows = [
        (group, [_row(judged, plan) for judged in plan.judged if _group(judged.check, plan) == group]) for group in _groups(plan)
    ]
    cells = [["  " + row[0], *row[1:]] for _, of_group in rows for row in of_group]
    titles, columns = _with_chance(_TITLES, _COLUMNS, plan)
    sizes = widths(columns, [titles, *cells], width)
    text = [*wrapped(_headline(plan), width), *wrapped(_context(plan), width)]
    if cells:
        text += ["", *lines(titles, columns, sizes), "-" * (sum(sizes) + 2 * (len(sizes) - 1))]
    for group, of_group in rows:
        text += wrapped(group, width, width - 2)
        for row in of_group:
            text += lines(row, columns, sizes, indent=2)
    text += ["", *wrapped(_summary(plan), width)]
    if plan.chances is not None:
        text += ["", *wrapped(f"The chance is that a limit is not exceeded. {chances_words(plan.chances)}", width)]
    text += [*_mended(plan, width), *_in_seconds(plan, width), *_started(plan, width)]
    return [*text, *_afterword(plan, width)]


def _headline(plan: Plan) -> str:
    return f"{plan.model.pattern.title} · {plan.model.scenario.title}"


def _context(plan: Plan) -> str:
    sheet = plan.sheet
    return (
        f"at the peak of the month · prices {plan.model.card.name} · quotas {sheet.name}, of {sheet.as_of}, in "
        f"{plan.model.card.region} · holds with {number(plan.headroom * 100)}% of every limit left"
    )


def _group(check: Check, plan: Plan) -> str:
    """The service, and the components that bear the load together."""
    component = plan.model.pattern.component(check.components[0])
    assert component is not None  # loads are of the pattern's components
    return f"{component.service.name} · {', '.join(check.components)}"


def _groups(plan: Plan) -> list[str]:
    return list(dict.fromkeys(_group(judged.check, plan) for judged in plan.judged))


def _with_chance(titles: list[str], columns: list[Column], plan: Plan) -> tuple[list[str], list[Column]]:
    """A further column, where inputs are uncertain."""
    if plan.chances is None:
        return titles, columns
    return [*titles, CHANCE], [*columns, Column(CHANCE, 6, True)]


def _row(judged: Judged, plan: Plan) -> list[str]:
    check = judged.check
    of_period = f", in {judged.period.replace('_', ' ')}" if judged.period else ""
    cells = [f"{name(check)}{of_period}", amount(check.load, check.unit), limit(check), used(judged.utilisation), judged.verdict]
    return cells if plan.chances is None else [*cells, percent(plan.chances.at_mean[identity(check)])]


def _summary(plan: Plan) -> str:
    counts = {verdict: sum(judged.verdict == verdict for judged in plan.judged) for verdict in VERDICTS}
    forms = {HOLDS: ("holds", "hold"), TIGHT: ("is tight", "are tight"), BREAKS: ("breaks", "break")}
    said = ", ".join(f"{count} {forms[verdict][count > 1]}" for verdict, count in counts.items() if count)
    if not plan.judged:
        return "Nothing here has a limit that is known."
    return f"Of {len(plan.judged)} limits {said}." if len(plan.judged) > 1 else f"Of one limit {said}."


def _mended(plan: Plan, width: int) -> list[str]:
    """What breaks, each with why and with what would mend it."""
    text: list[str] = []
    for judged, why in whys(plan):
        text += ["", *wrapped(why, width, width - 2)]
        for remedy in judged.remedies:
            first, *rest = wrapped(f"- {remedy_words(remedy, judged.check)}", width - 2, width - 4)
            text += [f"  {first}", *(f"    {line}" for line in rest)]
        if not judged.remedies:
            text += [f"  {line}" for line in wrapped(f"- {NO_REMEDY}", width - 2, width - 4)]
    return text


def _in_seconds(plan: Plan, width: int) -> list[str]:
    """What bursts ask for, beside the answer of the hours' means."""
    if not plan.seconds:
        return []
    rows = [second_row(second, plan) for second in plan.seconds]
    titles, columns = _with_chance(_second_titles(plan), _SECOND_COLUMNS, plan)
    sizes = widths(columns, [titles, *rows], width)
    text = ["", *wrapped(seconds.heading(plan), width), "", *lines(titles, columns, sizes)]
    text.append("-" * (sum(sizes) + 2 * (len(sizes) - 1)))
    for row in rows:
        text += lines(row, columns, sizes)
    for second in plan.seconds:
        if said := seconds.consequence(second):
            text += ["", *wrapped(f"{what(second.check)}: {said}", width, width - 2)]
    return text


def _second_titles(plan: Plan) -> list[str]:
    """Without bursts there are only hours."""
    first, second, *rest = _SECOND_TITLES
    return [first, second if plan.model.scenario.traffic.bursts else _TITLES[1], *rest]


def second_row(second: Second, plan: Plan) -> list[str]:
    """Its cells under the titles of the busiest seconds."""
    cells = [what(second.check), *second_cells(second), second.verdict]
    if plan.chances is None:
        return cells
    chance = plan.chances.in_bursts.get(identity(second.check))
    return [*cells, "" if chance is None else percent(chance)]


def _started(plan: Plan, width: int) -> list[str]:
    """What is not started at once when it is asked for."""
    return [line for step in plan.slow_steps for line in ["", *wrapped(step_words(step), width, width - 2)]]


def _afterword(plan: Plan, width: int) -> list[str]:
    parts = [*notices(plan.model)]
    if plan.without_limit:
        parts.append(no_limit(plan.without_limit))
    parts.append("Quotas are AWS's defaults unless they are marked as yours: an account's own values stand in a sheet of yours.")
    return [line for part in parts for line in ["", *wrapped(part, width)]]


def _rows(plan: Plan) -> list[dict[str, Any]]:
    """A row for each check; figures in the unit of the load."""
    return [
        {
            "pattern": plan.model.pattern.name,
            "scenario": plan.model.scenario.name,
            "components": list(judged.check.components),
            "item": judged.check.item,
            "unit": judged.check.unit,
            "load": judged.check.load,
            "limit": judged.check.limit,
            "quota": judged.check.quota.key if judged.check.quota else None,
            "yours": bool(judged.check.quota and judged.check.quota.own),
            "other_usage": judged.check.other,
            "utilisation": judged.utilisation if judged.check.limit else None,
            "period": judged.period or None,
            "verdict": judged.verdict,
            "source": judged.check.quota.source if judged.check.quota else None,
            **_busiest(judged.check, plan),
            "chance": plan.chances.at_mean[identity(judged.check)] if plan.chances else None,
            "remedies": [_remedy(remedy, judged.check) for remedy in judged.remedies],
        }
        for judged in plan.judged
    ]


def _busiest(check: Check, plan: Plan) -> dict[str, Any]:
    """What the busiest second uses, and its verdict; nothing where bursts do not reach."""
    found = next((second for second in plan.seconds if identity(second.check) == identity(check)), None)
    return {
        "busiest_utilisation": found.utilisation if found and found.check.limit else None,
        "busiest_verdict": found.verdict if found else None,
    }


def _second(second: Second, plan: Plan) -> dict[str, Any]:
    chance = plan.chances.in_bursts.get(identity(second.check)) if plan.chances else None
    return {**seconds.as_row(second), "chance": chance}


def _remedy(remedy: Remedy, check: Check) -> dict[str, Any]:
    return {
        "what": remedy_words(remedy, check),
        "changes": remedy.changes,
        "cost": remedy.cost,
        "breaks": [what(each) for each in remedy.breaks],
    }


def _json(plans: list[Plan], width: int) -> str:
    objects = [
        {
            "pattern": plan.model.pattern.name,
            "scenario": plan.model.scenario.name,
            "rate_card": plan.model.card.name,
            "quotas": plan.sheet.name,
            "as_of": plan.sheet.as_of,
            "region": plan.model.card.region,
            "headroom": plan.headroom,
            "fails": bool(plan.failing),
            "checks": [{key: value for key, value in row.items() if key not in ("pattern", "scenario")} for row in _rows(plan)],
            "ranges": {each.asked: each.text for each in plan.chances.uncertain.inputs} if plan.chances else {},
            "seconds": [_second(second, plan) for second in plan.seconds],
            "steps": [{**step._asdict(), "seconds": step.seconds} for step in plan.steps],
            "without_limit": [
                {"component": load.component, "item": load.item, "unit": load.unit, "load": load.amount}
                for load in plan.without_limit
            ],
            "notes": [*notices(plan.model)],
        }
        for plan in plans
    ]
    return json_format.dumps(objects[0] if len(objects) == 1 else objects, indent=2, ensure_ascii=False) + "\n"


def _csv(plans: list[Plan], width: int) -> str:
    import csv
    import io

    file = io.StringIO()
    names = ["pattern", "scenario", "components", "item", "unit", "load", "limit", "quota", "utilisation", "verdict", "chance"]
    names += ["busiest_utilisation", "busiest_verdict"]
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(names)
    for plan in plans:
        for row in _rows(plan):
            writer.writerow([as_text("; ".join(row[n]) if n == "components" else row[n]) for n in names])
    return file.getvalue()


def _markdown(plans: list[Plan], width: int) -> str:
    parts: list[str] = []
    for plan in plans:
        rows = []
        for judged in plan.judged:
            what_is, load, limit, share, verdict, *chance = map(plain, _row(judged, plan))
            rows.append([plain(_group(judged.check, plan)), what_is, verdict, load, limit, share, *chance])
        titles, _ = _with_chance(["Component", "Load", "Verdict", *_TITLES[1:4]], [], plan)
        table = "\n".join(markdown_table(titles, rows, figures=len(titles) - 3))
        parts += [f"## {plain(_headline(plan))}", plain(_context(plan)), table]
        parts += [plain(_summary(plan)), *([plain(chances_words(plan.chances))] if plan.chances else [])]
        for judged, why in whys(plan):
            words = [f"- {plain(remedy_words(remedy, judged.check))}" for remedy in judged.remedies] or [f"- {NO_REMEDY}"]
            parts.append("\n".join([plain(why), "", *words]))
        parts += _seconds_in_markdown(plan) if plan.seconds else []
        parts += [plain(step_words(step)) for step in plan.slow_steps]
        last = [*notices(plan.model), *([no_limit(plan.without_limit)] if plan.without_limit else [])]
        parts += ["\n".join(f"- {plain(words)}" for words in last)] if last else []
    return "\n\n".join(parts) + "\n"


def _seconds_in_markdown(plan: Plan) -> list[str]:
    rows = [[plain(cell) for cell in second_row(second, plan)] for second in plan.seconds]
    table = "\n".join(markdown_table(_with_chance(["Load", *_second_titles(plan)[1:]], [], plan)[0], rows, figures=0))
    said = [f"- {plain(what(each.check))}: {plain(words)}" for each in plan.seconds if (words := seconds.consequence(each))]
    return [f"### {plain(seconds.heading(plan))}", table, *(["\n".join(said)] if said else [])]


FORMATS: dict[str, Callable[[list[Plan], int], str]] = {"table": _table, "csv": _csv, "json": _json, "markdown": _markdown}
