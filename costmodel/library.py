"""Finds rate cards, patterns, scenarios and published tables: the user's folders first, then the shipped ones.

Each folder of a library holds the folders `pricing/`, `quotas/`, `patterns/`, `scenarios/` and `reports/`; a file there hides the
shipped one of the same name. A file may also be given by its path.
"""

import os
import re
from collections.abc import Collection, Mapping as Map
from typing import NamedTuple

from costmodel.errors import InputError, Place, Problem, did_you_mean
from costmodel.prices import PROVENANCE
from costmodel.yamlfile import Mapping, Node, find, load, merge, place_of, read_text, with_pair

VARIABLE = "COSTMODEL_LIBRARY"
_HERE = os.path.dirname(os.path.abspath(__file__))
# The shipped folders: in an installed package below data/, in a checkout beside the package.
SHIPPED = _installed if os.path.isdir(_installed := os.path.join(_HERE, "data")) else os.path.dirname(_HERE)
WHAT = {"pricing": "rate card", "patterns": "pattern", "scenarios": "scenario", "quotas": "quota sheet"}
ESTIMATED = ("pricing", "patterns", "scenarios")  # what an estimate is made of
FOLDERS = (*WHAT, "reports")  # of which a library has at least one
# A card of a region: provider/region/date.
_DATED = re.compile(r"[a-z]+/(?!global/)[a-z0-9-]+/\d{4}-\d{2}(-\d{2})?")
# How many levels `extends:` merges before a value is replaced: a price of a card or of a kind of something, a setting, a traffic
# key; and the key of what is replaced whole before that, a price.
_LEVELS = {"pricing": (3, "per"), "patterns": (3, ""), "scenarios": (2, ""), "quotas": (3, "")}


class Found(NamedTuple):
    """A file of a library: `name` as users write it, `path`, and `shown` in messages."""

    name: str
    path: str
    shown: str
    shipped: bool


class Library:
    """`folders` are searched in order, then those of the environment variable, then the shipped one."""

    def __init__(self, folders: tuple[str, ...] = (), environment: bool = True) -> None:
        named = os.environ.get(VARIABLE, "") if environment else ""
        self.folders = [*folders, *(folder for folder in named.split(os.pathsep) if folder)]
        wrong = [f"the library folder {folder} {what}" for folder in self.folders if (what := _what_is_wrong(folder))]
        if wrong:
            raise InputError(*wrong)

    def find(self, kind: str, name: str, asked_at: Place | None = None) -> Found:
        """The file of a name or path; InputError with did-you-mean if there is none. `kind` is a key of WHAT."""
        if "\0" in name:  # no file system has such a name
            raise InputError(Problem(asked_at, f"there is no {WHAT[kind]} {name!r}"))
        if name.endswith((".yaml", ".yml")) and asked_at is not None and os.path.exists(asked_at.name):
            name = os.path.join(os.path.dirname(asked_at.name), name)  # a file names others beside itself
        if not name.endswith((".yaml", ".yml")):
            for folder in [*self.folders, SHIPPED] if os.path.normpath(name) == name else []:
                path = os.path.join(folder, kind, f"{name}.yaml")
                if os.path.isfile(path) and _stays_within(path, os.path.join(folder, kind)):
                    return Found(name, path, _shown(path, folder), folder == SHIPPED)
            if not os.path.isfile(name):
                hint = "; it is a directory" if os.path.isdir(name) else did_you_mean(name, self.names(kind))
                raise InputError(Problem(asked_at, f"there is no {WHAT[kind]} '{name}'{'.' * (not hint.startswith(';'))}{hint}"))
        return Found(os.path.basename(name).rpartition(".")[0] or name, name, name, False)

    def names(self, kind: str) -> list[str]:
        """All names of a kind, each once, sorted."""
        return sorted({name for folder in [*self.folders, SHIPPED] for name in _names_in(os.path.join(folder, kind))})

    def newest_card(self, region: str) -> str:
        """The name of the newest card of a region: cards are named provider/region/date."""
        cards = [name for name in self._cards_of(region) if _DATED.fullmatch(name)]
        if not cards:
            raise InputError(f"there is no rate card for the region '{region}'.{did_you_mean(region, self.regions())}")
        return max(cards, key=lambda name: name.rpartition("/")[2])

    def _cards_of(self, region: str) -> list[str]:
        """The names below provider/region, of all folders; other regions' folders are not looked into."""
        names = []
        for folder in [*self.folders, SHIPPED]:
            pricing = os.path.join(folder, "pricing")
            for provider in os.listdir(pricing) if os.path.isdir(pricing) else ():
                names += [f"{provider}/{region}/{name}" for name in _names_in(os.path.join(pricing, provider, region))]
        return names

    def regions(self) -> list[str]:
        """The regions that have cards of their own."""
        return sorted({name.split("/")[1] for name in self.cards()})

    def cards(self) -> list[str]:
        """The names of the cards of regions, by region and date; others are what these extend, or a user's own."""
        return [name for name in self.names("pricing") if _DATED.fullmatch(name)]

    def mentions(self, found: Found, word: str) -> bool:
        return word in read_text(found.path, found.shown)

    def load(self, kind: str, found: Found, without: Collection[str] = (), files: list[Found] | None = None) -> Mapping:
        """The file's mapping, merged over what it extends. Raises InputError.

        Of shipped files the blocks `without` are not read. `files` gets all that were.
        """
        return self._load(kind, found, without, [] if files is None else files)

    def _load(self, kind: str, found: Found, without: Collection[str], files: list[Found]) -> Mapping:
        node = load(found.path, found.shown, without if found.shipped else ())
        files.append(found)
        base = find(node, "extends")
        if base is None:
            return node
        place = place_of(base)
        if not isinstance(base.value, str):
            raise InputError(Problem(place, f"'extends' names one {WHAT[kind]}"))
        if find(node, "version") is None:  # what it extends has one, of its own format
            raise InputError(Problem(place_of(node), f"the {WHAT[kind]} lacks 'version': the version of this file's format: 1"))
        parent = self._parent(kind, base.value, found, place)
        if os.path.realpath(parent.path) in [os.path.realpath(file.path) for file in files]:
            raise InputError(Problem(place, f"'extends: {base.value}' goes round in a circle"))
        base = self._load(kind, parent, without, files)
        return merge(_each_with_its_own(base, node) if kind == "pricing" else base, node, *_LEVELS[kind])

    def _parent(self, kind: str, name: str, found: Found, place: Place) -> Found:
        """A file that extends one of its own name means the one it hides."""
        if name == found.name and not name.endswith((".yaml", ".yml")):
            others = [folder for folder in self.folders if not found.path.startswith(os.path.join(folder, kind) + os.sep)]
            return Library(tuple(others), environment=False).find(kind, name, place)
        return self.find(kind, name, place)


def _what_is_wrong(folder: str) -> str:
    """Why nothing can be found in a library's folder; "" if it is as it should be."""
    if not os.path.isdir(folder):
        return "is no folder" if os.path.exists(folder) else "does not exist"
    if any(os.path.isdir(os.path.join(folder, name)) for name in FOLDERS):
        return ""
    hint = ""
    if os.path.basename(os.path.abspath(folder)) in FOLDERS:
        hint = f"; give the folder that it is in, {os.path.dirname(os.path.abspath(folder))}"
    elif os.path.isdir(os.path.join(folder, "aws")):
        hint = f"; rate cards of a library are in its pricing, as {os.path.join(folder, 'pricing', 'aws')}"
    return f"has none of the folders {', '.join(FOLDERS)}{hint}"


def _each_with_its_own(card: Mapping, change: Mapping) -> Mapping:
    """A card whose prices say themselves where they are from, where their service said it and will say something else."""
    for key, _ in change.value:
        block = find(card, key.value)
        if isinstance(block, Mapping):
            said = {name: node for name in PROVENANCE if (node := find(block, name)) is not None}
            card = with_pair(card, key.value, _with_provenance(block, said))
    return card


def _with_provenance(block: Mapping, said: Map[str, Node]) -> Mapping:
    """The prices of a service or of kinds of something, each with what is said of all and it does not say itself."""
    for name, price in block.value:
        if isinstance(price, Mapping) and find(price, "per") is None:
            block = with_pair(block, name.value, _with_provenance(price, said))
        elif isinstance(price, Mapping):
            for own in said.keys() - {key.value for key, _ in price.value}:
                price = with_pair(price, own, said[own])
            block = with_pair(block, name.value, price)
    return block


def _stays_within(path: str, folder: str) -> bool:
    return os.path.abspath(path).startswith(os.path.abspath(folder) + os.sep)


def _shown(path: str, folder: str) -> str:
    return os.path.relpath(path, SHIPPED) if folder == SHIPPED else path


def _names_in(folder: str) -> list[str]:
    names = []
    for at, _, files in os.walk(folder):
        below = os.path.relpath(at, folder)
        if "published" not in below:
            names += [os.path.normpath(os.path.join(below, file[:-5])) for file in files if file.endswith(".yaml")]
    return names
