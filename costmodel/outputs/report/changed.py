"""The scenario that a reader makes of a page's inputs, as YAML with a placeholder for each number that may change."""

from typing import NamedTuple

from costmodel.book import Page
from costmodel.shapes import DEFAULT
from costmodel.yamlfile import Mapping, as_text, scalar, with_value

_OURS = ("traffic", "month")  # what of a scenario is its own; the rest of the inputs are settings


class ChangedScenario(NamedTuple):
    """`text` is the scenario with placeholders for inputs of the book; its `settings` are apart, (path, text).

    A setting's text may be a placeholder too. What the page's reader changes is added to the settings.
    """

    text: str
    settings: list[tuple[str, str]]


def changed_scenario(page: Page, numbers: dict[str, int]) -> ChangedScenario:
    """`numbers` are those of the book's inputs, by key."""
    model = page.model
    tree = _without(model.scenario.node, "extends", "settings")
    tree = with_value(tree, ["title"], scalar(f"{model.scenario.title}, changed", DEFAULT))
    for path, key in page.keys.items():
        if path.partition(".")[0] in _OURS:
            tree = with_value(tree, path.split("."), scalar(_placeholder(numbers[key]), DEFAULT))
    if model.scenario.rates is None and "/" in model.card.name:  # a card of a library; another goes by --rates
        tree = with_value(tree, ["rates"], scalar(model.card.name, DEFAULT))
    return ChangedScenario(as_text(tree), _settings(page, numbers))


def _placeholder(number: int) -> str:
    return f"$input{number}$"


def _settings(page: Page, numbers: dict[str, int]) -> list[tuple[str, str]]:
    """What the scenario decides about components, and what --set changed of them."""
    texts = {str(path): as_text(node, on_one_line=True) for path, node in page.model.scenario.settings.items()}
    components = {component.name for component in page.model.pattern.components}
    texts |= {path: text for path, text in page.model.changes.items() if path.partition(".")[0] in components}
    return [(path, _placeholder(numbers[page.keys[path]]) if path in page.keys else text) for path, text in texts.items()]


def _without(node: Mapping, *keys: str) -> Mapping:
    kept = [pair for pair in node.value if pair[0].value not in keys]
    return Mapping(node.tag, kept, node.start_mark, node.end_mark, flow_style=False)
