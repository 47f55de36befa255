"""Reads a scenario: how much traffic, when and how large, the month, and what it decides about components."""

import os
from typing import Any, NamedTuple

from costmodel.components import ALREADY_USED, OTHER_USAGE
from costmodel.errors import InputError
from costmodel.shapes import DEFAULT, VERSION, Amount, Each, Field, Given, Named, Problems, Record, Shape, Text, Word
from costmodel.traffic import TRAFFIC, Traffic, conflicts, read_traffic
from costmodel.uncertainty.said import Correlation, CorrelationShape, Said, UncertainShape
from costmodel.units import TIME
from costmodel.yamlfile import Mapping, Node, find, scalar

DEFAULT_MONTH = "730 h"


class AnyValue(Shape):
    """A value that another file's shape will read."""

    def read(self, node: Node, problems: Problems) -> Any:
        return node

    def schema(self) -> dict[str, Any]:
        return {}


SETTING_PATH = Text(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+", "is not component.setting, such as gateway.connected")
PRICE_KEY = Text(r"[a-z0-9_]+(\.[a-z0-9_-]+)+", "is not a price of a card, such as s3.storage")
QUOTA_KEY = Text(r"[a-z0-9_]+\.[a-z0-9_]+", "is not a quota, such as kms.symmetric_requests")
SCENARIO = Record(
    "a scenario",
    {
        "version": VERSION,
        "title": Field(Text(), "what the scenario is called", required=True),
        "extends": Field(Text(), "the scenario that this one changes, by name"),
        "traffic": Field(TRAFFIC, "how many records, when, and how large", required=True),
        "month": Field(
            Amount(TIME, at_least="28 days", at_most="31 days"),
            f"the length of the month; {DEFAULT_MONTH} where left out",
        ),
        "settings": Field(Named(AnyValue(), SETTING_PATH, "component.setting to values"), "settings the scenario decides"),
        "rates": Field(Text(), "the rate card to use, by name"),
        ALREADY_USED: Field(
            Named(Text(), PRICE_KEY, "prices to quantities, as in {s3.storage: 40 TB}"),
            "what else the account uses in the month, before this: {s3.storage: 40 TB}",
        ),
        OTHER_USAGE: Field(
            Named(Text(), QUOTA_KEY, "quotas to loads, as in {kms.symmetric_requests: 300 requests/s}"),
            "what else of the account is on its quotas at the peak: {kms.symmetric_requests: 300 requests/s}",
        ),
        "ranges": Field(
            Named(UncertainShape(), SETTING_PATH, "numbers to ranges, as in {traffic.times: 0.8 .. 1.5}"),
            "between what a number is in 9 of 10 cases, or its distribution: {enrich.duration: 100 ms .. 900 ms}",
        ),
        "correlations": Field(
            Each(CorrelationShape(SETTING_PATH)),
            "how uncertain inputs belong together: [{between: [traffic.peak_rate, traffic.record_size], is: 0.6}]",
        ),
    },
)


class Scenario(NamedTuple):
    """A scenario as read. `settings` has what it decides about components: path -> value; `node` is all of it, as merged."""

    name: str
    title: str
    traffic: Traffic
    month: Given
    settings: dict[Word, Node]
    rates: Word | None
    already_used: dict[Word, Word]
    other_usage: dict[Word, Word]
    ranges: dict[Word, Said]
    correlations: tuple[Correlation, ...]
    node: Mapping
    path: str


def read_scenario(node: Mapping, name: str, path: str) -> Scenario:
    """The scenario in `node`, read from the file at `path`. Raises InputError with every mistake."""
    problems: Problems = []
    values = SCENARIO.read(node, problems)
    traffic_node = find(node, "traffic")
    if isinstance(traffic_node, Mapping) and values.get("traffic") is not None:
        problems += conflicts(values["traffic"], traffic_node)
    if problems or not isinstance(traffic_node, Mapping):
        raise InputError(*problems)
    month = values.get("month") or _default_month()
    traffic = read_traffic(values["traffic"], traffic_node, month, os.path.dirname(path))
    return Scenario(
        name,
        str(values["title"]),
        traffic,
        month,
        values.get("settings", {}),
        values.get("rates"),
        values.get(ALREADY_USED, {}),
        values.get(OTHER_USAGE, {}),
        values.get("ranges", {}),
        values.get("correlations", ()),
        node,
        path,
    )


def _default_month() -> Given:
    given: Given = SCENARIO.fields["month"].shape.read(scalar(DEFAULT_MONTH, DEFAULT), [])
    return given
