"""The scenario that a reader makes of a page's inputs, as YAML with a placeholder for each number that may change."""

import re
from typing import NamedTuple

from costmodel.book import Page
from costmodel.components import ALREADY_USED, OTHER_USAGE
from costmodel.shapes import DEFAULT
from costmodel.yamlfile import Mapping, as_text, find, scalar, with_value

Parts = list[str | int]


class ChangedScenario(NamedTuple):
    """`text` is the scenario in parts, texts and numbers of the book's inputs; its `settings` are apart: (path, parts).

    What the page's reader changes is added to the settings. `beside` are files that the scenario names, relative to itself.
    """

    text: "Parts"
    settings: list[tuple[str, "Parts"]]
    beside: list[str]


def changed_scenario(page: Page, numbers: dict[str, int]) -> ChangedScenario:
    """`numbers` are those of the book's inputs, by key."""
    model = page.model
    tree = _without(model.scenario.node, "extends", "settings")
    tree = with_value(tree, ["title"], scalar(f"{model.scenario.title}, changed", DEFAULT))
    for path, key in page.keys.items():
        if keys := _in_scenario(path):
            tree = with_value(tree, keys, scalar(_placeholder(numbers[key]), DEFAULT))
    if model.scenario.rates is None and "/" in model.card.name:  # a card of a library; another goes by --rates
        tree = with_value(tree, ["rates"], scalar(model.card.name, DEFAULT))
    files = (find(tree, "traffic", "csv"), find(tree, "traffic", "record_size", "sample"))
    return ChangedScenario(_parts(as_text(tree)), _settings(page, numbers), [file.value for file in files if file is not None])


def _in_scenario(path: str) -> list[str]:
    """Where a scenario says what is its own; nothing for the rest of the inputs, which are settings."""
    head, _, rest = path.partition(".")
    if head in (ALREADY_USED, OTHER_USAGE):
        return [head, rest]
    return path.split(".") if head in ("traffic", "month") else []


def _placeholder(number: int) -> str:
    """Of the characters for private use, which no file's text has."""
    return f"\ue000{number}\ue001"


def _parts(text: str) -> Parts:
    return [int(part) if n % 2 else part for n, part in enumerate(re.split("\ue000([0-9]+)\ue001", text))]


def _settings(page: Page, numbers: dict[str, int]) -> list[tuple[str, Parts]]:
    """What the scenario decides about components, and what --set changed of them."""
    texts = {str(path): as_text(node, on_one_line=True) for path, node in page.model.scenario.settings.items()}
    components = {component.name for component in page.model.pattern.components}
    texts |= {path: text for path, text in page.model.changes.items() if path.partition(".")[0] in components}
    return [(path, [numbers[page.keys[path]]] if path in page.keys else [text]) for path, text in texts.items()]


def _without(node: Mapping, *keys: str) -> Mapping:
    kept = [pair for pair in node.value if pair[0].value not in keys]
    return Mapping(node.tag, kept, node.start_mark, node.end_mark, flow_style=False)
