"""Opens rate cards by name, by file or by region: whole, with what they extend in place."""

import os
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from costmodel import services
from costmodel.errors import InputError, Mistakes, did_you_mean
from costmodel.library import Found, Library
from costmodel.prices import FREE
from costmodel.ratecard import RateCard, read_card
from costmodel.yamlfile import Mapping, Scalar, Sequence, find, load


class Free(NamedTuple):
    """A free quantity as the card writes it, of the price or prices (keys) that share it."""

    service: str
    policy: str
    quantity: str
    of: tuple[str, ...]


class OpenedCard(NamedTuple):
    """A card and what of its file an estimate does not need.

    `extends` is the card's name that it builds on, `sources` those of its blocks by service, `unpriced` the free quantities of
    prices that it does not have. `path` is its file; `regions` are those of its file and of those that this extends, by the name
    that places have.
    """

    card: RateCard
    extends: str
    notes: tuple[str, ...]
    sources: dict[str, str]
    unpriced: tuple[Free, ...]
    path: str
    regions: dict[str, str]


def opened(found: Found, library: Library) -> OpenedCard:
    """Raises InputError with every mistake of the file."""
    files: list[Found] = []
    node = library.load("pricing", found, files=files)
    card = read_card(node, found.name)
    keys = [*card.facts]
    sources = {key: _text(node, key, "source") for key in keys}
    notes = find(node, "notes")
    lines = tuple(note.value for note in notes.value) if notes is not None else ()
    unpriced = (free for key in keys for free in _free_of_service(node, key) if not card.rates.keys() & {*free.of})
    return OpenedCard(card, _text(node, "extends"), lines, sources, tuple(unpriced), found.path, _regions(files))


def _regions(files: list[Found]) -> dict[str, str]:
    """Which region each file is of: what it says, else what the one says that it extends, which is the next."""
    regions: dict[str, str] = {}
    region = ""
    for file in reversed(files):
        head = load(file.path, file.shown, services.keys() if file.shipped else ())
        regions[file.shown] = region = _text(head, "region") or region
    return regions


def _text(node: Mapping, *keys: str) -> str:
    found = find(node, *keys)
    return found.value if isinstance(found, Scalar) else ""


def _free_of_service(node: Mapping, service: str) -> Iterator[Free]:
    """What the block gives of its prices; the card's reader has found it well formed."""
    block = find(node, service, FREE)
    for policy, items in block.value if block is not None else ():
        for item in items.value:
            of = find(item, "of")
            names = [name.value for name in of.value] if isinstance(of, Sequence) else [_text(item, "of")]
            yield Free(service, policy.value, _text(item, "quantity"), tuple(f"{service}.{name}" for name in names))


def opened_all(names: Iterable[str], library: Library, regions: Iterable[str] = ()) -> list[OpenedCard]:
    """The cards of these names or paths, and the newest of these regions, each once. Raises InputError with all mistakes."""
    cards: dict[str, OpenedCard] = {}
    mistakes = Mistakes()
    for word, is_region in [*((name, False) for name in names), *((region, True) for region in regions)]:
        with mistakes.noted():
            found = library.find("pricing", library.newest_card(word) if is_region else word)
            path = os.path.realpath(found.path)
            if path not in cards:
                cards[path] = opened(found, library)
    if mistakes.problems:
        raise InputError(*dict.fromkeys(mistakes.problems))
    return [*cards.values()]


def selected(keys: Iterable[str], *cards: RateCard) -> tuple[str, ...]:
    """The services `keys` in their order, or without any all that the cards speak of, in theirs.

    Raises InputError for a key of no service, and for one that none of the cards says anything of.
    """
    on_cards = dict.fromkeys(key for card in cards for key in card.facts)
    keys = tuple(dict.fromkeys(keys))
    known = services.keys()
    unknown = [f"there is no service '{key}'.{did_you_mean(key, known)}" for key in keys if key not in known]
    if unknown:
        raise InputError(*unknown)
    spoken_of = {*on_cards, *(key for card in cards for key in card.not_offered)}
    names = " and ".join(card.name for card in cards)
    absent = [f"{names}: nothing is said of {key}.{did_you_mean(key, on_cards)}" for key in keys if key not in spoken_of]
    if absent:
        raise InputError(*absent)
    return keys or tuple(on_cards)
