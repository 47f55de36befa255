"""What a pattern, a scenario or a service is, in words; a pattern also as a Mermaid diagram."""

from collections.abc import Iterator
from typing import Any

from costmodel import services
from costmodel.capacity.quotas import ACCOUNT, QuotaSheet
from costmodel.components import YOURS, Component, Edge
from costmodel.estimating import Floats
from costmodel.outputs.grid import Column, lines, widths, wrapped
from costmodel.outputs.words import amount, exact, number
from costmodel.pattern import Pattern
from costmodel.scenario import Scenario
from costmodel.settings import CardPrice, GivenBatch, Measured, Service
from costmodel.shapes import Given
from costmodel.units import HOUR, RATE, SIZE
from costmodel.yamlfile import as_text


def laid_out(rows: list[list[str]], width: int) -> str:
    """Paragraphs (one cell) wrap; runs of rows with several cells are laid out as a table."""
    text: list[str] = []
    block: list[list[str]] = []
    for row in [*rows, [""]]:
        if len(row) > 1:
            block.append(row)
            continue
        if block:
            columns = [Column("", 14 if n < len(block[0]) - 1 else 24) for n in range(len(block[0]))]
            sizes = widths(columns, [["  " + first, *rest] for first, *rest in block], width)
            text += [line for cells in block for line in lines(cells, columns, sizes, indent=2)]
            block = []
        text += wrapped(row[0], width)
    return "\n".join(text).rstrip() + "\n"


def pattern_text(pattern: Pattern) -> list[list[str]]:
    rows = [[text] for text in (pattern.title, pattern.description) if text] + [[""], ["Components"]]
    for component in pattern.components:
        parts = ["from " + (" + ".join(map(_edge, component.edges)) or "no records, only time"), ", ".join(_settings(component))]
        parts += ["metered over the month"] if component.by_month else []
        parts += [f"{given.text} of it" for _, given in component.copies]
        rows.append([component.name, component.service.name, "; ".join(filter(None, parts))])
    if pattern.not_priced:
        rows += [[""], ["Not priced: " + "; ".join(pattern.not_priced)]]
    return [*rows, [f"Shown with the scenarios: {', '.join(pattern.scenarios) or 'none'}"]]


def _settings(component: Component) -> Iterator[str]:
    """The settings that are not as they are by default."""
    for name, setting in component.service.setting_fields().items():
        value = component.settings[name]
        if value is not None and _said(value) != _said(setting.given()):
            yield f"{name} {_said(value)}"


def _edge(edge: Edge) -> str:
    said = _changes(edge, "{} of the records", "at {} of their size")
    return f"{edge.origin} ({said})" if said else str(edge.origin)


def _changes(edge: Edge, share: str, size: str) -> str:
    """What happens to records on their way, in the two forms of words."""
    changes = ["each lot" if edge.each_batch else "", share.format(edge.keep.text) if edge.keep else ""]
    if edge.size:
        changes.append(f"{edge.size.given.text} each" if edge.size.whole else size.format(edge.size.given.text))
    if edge.aggregate:
        changes.append(f"{edge.aggregate.text} in one")
    return ", ".join(filter(None, changes))


def _said(value: object) -> str:
    if isinstance(value, dict):
        return " / ".join(f"{period} {_said(one)}" for period, one in value.items())
    if isinstance(value, Measured):
        return " / ".join(f"{row.result.text} at {row.size.text}" for row in value.rows)
    if isinstance(value, GivenBatch):
        return value.given.text
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.text if isinstance(value, Given) else str(value)


def mermaid(pattern: Pattern) -> str:
    """A flowchart of the components and what flows between them; those without records stand alone."""
    text = ["flowchart LR", '    source(["records"])']
    text += [f'    {c.name}["{c.name}<br/>{c.service.name}"]' for c in pattern.components]
    for component in pattern.components:
        for edge in component.edges:
            label = _changes(edge, "{} of records", "size {}")
            text.append(f"    {edge.origin} -->{f'|{label}|' if label else ''} {component.name}")
    return "\n".join(text) + "\n"


def scenario_text(scenario: Scenario) -> list[list[str]]:
    periods = scenario.traffic.periods(scenario.month.value, Floats())
    records = sum(period.rate * period.duration for period in periods)
    rows = [
        [scenario.title],
        [""],
        [f"{exact(records)} records in a month of {number(scenario.month.value / HOUR)} hours"],
    ]
    rows += [[p.name, amount(p.rate, RATE), f"for {number(p.duration / HOUR)} hours"] for p in periods]
    for of, size in scenario.traffic.record_sizes(Floats()):
        rows.append([f"Records of {amount(size, SIZE)}" + ("" if of is None else f": {exact(of * 100)}%")])
    if scenario.settings:
        decided = (f"{path} = {as_text(node, on_one_line=True)}" for path, node in scenario.settings.items())
        rows.append([f"Decides: {', '.join(decided)}"])
    if scenario.already_used:
        used = (f"{price} = {quantity}" for price, quantity in scenario.already_used.items())
        rows.append([f"Already used: {', '.join(used)}"])
    if scenario.other_usage:
        used = (f"{quota} = {load}" for quota, load in scenario.other_usage.items())
        rows.append([f"Other usage at the peak: {', '.join(used)}"])
    if scenario.rates:
        rows.append([f"Rate card: {scenario.rates}"])
    return rows + [[note] for note in scenario.traffic.notes]


def sheet_text(sheet: QuotaSheet) -> list[list[str]]:
    """A quota sheet: each quota with the regions whose default differs, what it is of, and what a reader should know."""
    rows = [[f"{sheet.title or sheet.name} (as of {sheet.as_of})"]]
    by_service: dict[str, dict[str, Any]] = {}
    for key, said in sheet.quotas.items():
        service, _, name = key.partition(".")
        by_service.setdefault(service, {})[name] = said
    for service, quotas in by_service.items():
        found = services.find(service)
        rows += [[""], [f"{found.name if found else service} ({service})"]]
        rows += [[name, *_quota(said)] for name, said in quotas.items()]
        rows += [[f"  {source}"] for source in dict.fromkeys(str(said["source"]) for said in quotas.values())]
    return rows


def _quota(said: dict[str, Any]) -> tuple[str, str]:
    """What a quota is, by region, and what a reader should know of it."""
    others = (f"{value} in {region}" for region, value in said.get("by_region", {}).items())
    value = f"{said[YOURS]} (yours)" if YOURS in said else "; ".join([said["value"], *others])
    of = f"of the {said['scope']}" if said["scope"] == ACCOUNT else f"of each {said['scope']}"
    known = [
        of,
        "AWS raises it on request" if said["adjustable"] else "AWS does not raise it",
        f"confidence {said['confidence']}",
    ]
    return value, "; ".join([*known, *([str(said["note"])] if "note" in said else [])])


def service_text(service: Service) -> list[list[str]]:
    rows = [[f"{service.name} (key: {service.key})"], [service.doc]]
    if service.withdrawn is not None:
        rows.append([f"{services.notice(service)} {service.withdrawn.source}"])
    rows += [[""], ["Settings"]]
    for name, setting in service.setting_fields().items():
        default = "no default" if setting.default is None else f"default {setting.default}"
        rows.append([name, default, setting.doc])
    rows += [[line.key, "no default", line.doc] for line in service.companions]
    rows += [[""], ["What a rate card gives"]]
    for name, field in service.card_fields().items():
        rows.append([name, f"price per {field.per}" if isinstance(field, CardPrice) else "fact", field.doc])
    return rows
