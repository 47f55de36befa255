"""AWS's regions and their names, from regions.yaml."""

import os
from collections.abc import Mapping
from functools import cache

from costmodel.shapes import REGION, Each, Named, Text, read
from costmodel.yamlfile import load

# The region of what is the same everywhere, which price lists give as "Any", "Global" or not at all.
ANYWHERE = ""
_NOWHERE = {"", "any", "global"}
_CODE = Text(REGION, "is not a region, such as us-east-1")


@cache
def names() -> dict[str, tuple[str, ...]]:
    """What AWS calls each region, by code; first what it calls it today."""
    node = load(os.path.join(os.path.dirname(__file__), "regions.yaml"))
    found: dict[str, tuple[str, ...]] = read(Named(Each(Text()), _CODE, "a region to its names"), node)
    return {str(code): tuple(map(str, names)) for code, names in found.items()}


@cache
def _codes() -> dict[str, str]:
    return {name: code for code, many in names().items() for name in many}


def called(name: str) -> str:
    """The code of the region of this name, ANYWHERE, or the name itself: a new region's, a local zone's, an edge's."""
    return ANYWHERE if name.casefold() in _NOWHERE else _codes().get(name, name)


def of_product(attributes: Mapping[str, str]) -> str | None:
    """The region of an offer's product, as in called(); of a transfer the one where it starts. None for a local zone, an edge.

    The keys of `attributes` are in small letters.
    """
    kind = attributes.get("locationtype") or attributes.get("fromlocationtype") or "AWS Region"
    if kind not in ("AWS Region", "Other"):
        return None
    code = attributes.get("regioncode") or attributes.get("fromregioncode") or ""
    return code or called(attributes.get("location") or attributes.get("fromlocation") or "")
