"""What a pattern, a scenario, a rate card or a service is, in words; a pattern also as a Mermaid diagram."""

from collections.abc import Callable

from costmodel import services
from costmodel.errors import InputError, did_you_mean
from costmodel.estimating import Floats
from costmodel.library import WHAT, Found, Library
from costmodel.metering import CardPrice, GivenBatch, Service
from costmodel.outputs.grid import Column, lines, widths, wrapped
from costmodel.outputs.words import amount, exact, number
from costmodel.pattern import Edge, Pattern, read_pattern
from costmodel.ratecard import RateCard, read_card
from costmodel.rating import tier_words
from costmodel.scenario import Scenario, read_scenario
from costmodel.shapes import Given
from costmodel.units import HOUR, RATE, SIZE
from costmodel.yamlfile import read_text


def describe(name: str, library: Library, form: str, width: int) -> str:
    """The description of whatever has this name. Raises InputError."""
    service = services.find(name)
    kinds = [
        kind for kind in ("patterns", "scenarios", "pricing") if name in library.names(kind) or name.endswith((".yaml", ".yml"))
    ]
    if service is not None and not kinds:
        if form != "text":
            raise InputError(f"'{name}' is a service; it has no {form} form")
        return _text(service_text(service), width)
    if not kinds:
        known = [*services.keys(), *(known for kind in WHAT for known in library.names(kind))]
        raise InputError(f"there is no pattern, scenario, rate card or service '{name}'.{did_you_mean(name, known)}")
    kind = kinds[0] if len(kinds) == 1 else _kind_of_file(name, library)
    found = library.find(kind, name)
    if form == "yaml":
        return read_text(found.path, found.shown)
    if form == "mermaid":
        if kind != "patterns":
            raise InputError(f"'{name}' is a {WHAT[kind]}; only a pattern has a Mermaid diagram")
        return mermaid(read_pattern(library.load(kind, found), found.name))
    return _text(_TEXTS[kind](library, found), width)


def _kind_of_file(path: str, library: Library) -> str:
    from costmodel.checking import check

    kind = check(path, library)
    return {"pattern": "patterns", "scenario": "scenarios", "rate card": "pricing"}[kind]


def _text(rows: list[list[str]], width: int) -> str:
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


def _pattern_text(library: Library, found: Found) -> list[list[str]]:
    pattern = read_pattern(library.load("patterns", found), found.name)
    rows = [[pattern.title], [pattern.description], [""], ["Components"]]
    for component in pattern.components:
        settings = [f"{name} {_said(value)}" for name, value in component.settings.items() if value is not None]
        inputs = " + ".join(map(_edge, component.edges)) or "no records, only time"
        by_month = "; metered over the month" if component.by_month else ""
        rows.append([component.name, component.service.name, f"from {inputs}; {', '.join(settings)}{by_month}"])
    if pattern.not_priced:
        rows += [[""], ["Not priced: " + "; ".join(pattern.not_priced)]]
    return [*rows, [f"Shown with the scenarios: {', '.join(pattern.scenarios) or 'none'}"]]


def _edge(edge: Edge) -> str:
    changes = [
        f"{edge.keep.text} of the records" if edge.keep else "",
        f"at {edge.scale.text} of their size" if edge.scale else "",
    ]
    said = ", ".join(filter(None, changes))
    return f"{edge.origin} ({said})" if said else str(edge.origin)


def _said(value: object) -> str:
    if isinstance(value, dict):
        return " / ".join(f"{period} {_said(one)}" for period, one in value.items())
    if isinstance(value, GivenBatch):
        return value.given.text
    return value.text if isinstance(value, Given) else str(value)


def mermaid(pattern: Pattern) -> str:
    """A flowchart of the components and what flows between them; those without records stand alone."""
    text = ["flowchart LR", '    source(["records"])']
    text += [f'    {c.name}["{c.name}<br/>{c.service.name}"]' for c in pattern.components]
    for component in pattern.components:
        for edge in component.edges:
            changes = [
                f"{edge.keep.text} of records" if edge.keep else "",
                f"size {edge.scale.text}" if edge.scale else "",
            ]
            label = ", ".join(filter(None, changes))
            text.append(f"    {edge.origin} -->{f'|{label}|' if label else ''} {component.name}")
    return "\n".join(text) + "\n"


def _scenario_text(library: Library, found: Found) -> list[list[str]]:
    scenario: Scenario = read_scenario(library.load("scenarios", found), found.name, found.path)
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
        rows.append(
            ["Decides: " + ", ".join(f"{path} = {getattr(node, 'value', '')}" for path, node in scenario.settings.items())]
        )
    if scenario.rates:
        rows.append([f"Rate card: {scenario.rates}"])
    return rows + [[note] for note in scenario.traffic.notes]


def _card_text(library: Library, found: Found) -> list[list[str]]:
    card: RateCard = read_card(library.load("pricing", found), found.name)
    rows = [[f"{card.provider} prices in {card.region}, as of {card.as_of}, in {card.currency}"]]
    for key, facts in card.facts.items():
        rows += [[""], [key]]
        rows += [[name, given.text, ""] for name, given in facts.items()]
        for rate in (rate for rate in card.rates.values() if rate.key.startswith(f"{key}.")):
            for n, tier in enumerate(rate.tiers, 1):
                free = "; ".join(f"{policy}: {allowance.given.text} free" for policy, allowance in rate.free.items() if n == 1)
                words = ", ".join(filter(None, (tier_words(rate, n), free)))
                rows.append([rate.key.partition(".")[2], f"${exact(tier.usd.value)} per {rate.per.text}", words])
        source = next((rate.source for rate in card.rates.values() if rate.key.startswith(f"{key}.")), "")
        rows.append([f"  {source}"])
    return rows


def service_text(service: Service) -> list[list[str]]:
    rows = [[f"{service.name} (key: {service.key})"], [service.doc], [""], ["Settings"]]
    for name, setting in service.setting_fields().items():
        default = "no default" if setting.default is None else f"default {setting.default}"
        rows.append([name, default, setting.doc])
    rows += [[""], ["What a rate card gives"]]
    for name, field in service.card_fields().items():
        rows.append([name, f"price per {field.per}" if isinstance(field, CardPrice) else "fact", field.doc])
    return rows


_TEXTS: dict[str, Callable[[Library, Found], list[list[str]]]] = {
    "patterns": _pattern_text,
    "scenarios": _scenario_text,
    "pricing": _card_text,
}
