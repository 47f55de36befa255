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


def called(name: str) -> str | None:
    """The code of the region of this name, ANYWHERE, or None for what is no region (a local zone, an edge)."""
    return ANYWHERE if name.casefold() in _NOWHERE else _codes().get(name)


def of_product(attributes: Mapping[str, str]) -> str | None:
    """The region of an offer's product, as in called(); of a transfer the one where it starts. Keys are in small letters."""
    if not _is_region(attributes):
        return None
    code, name = _said(attributes)
    if code:
        return code if code in names() else None
    return called(name)


def unknown(attributes: Mapping[str, str]) -> str:
    """What AWS calls the region of an offer's product, "ap-new-1" or "Asia Pacific (New)", where it is not one in names()."""
    code, name = _said(attributes)
    return (code or name) if _is_region(attributes) and of_product(attributes) is None else ""


def _is_region(attributes: Mapping[str, str]) -> bool:
    """Whether it may be one: not a local zone, an edge."""
    kind = attributes.get("locationtype") or attributes.get("fromlocationtype") or "AWS Region"
    return kind in ("AWS Region", "Other")


def _said(attributes: Mapping[str, str]) -> tuple[str, str]:
    """The code and the name of a product's region, each "" where it is not said."""
    code = attributes.get("regioncode") or attributes.get("fromregioncode") or ""
    return code, attributes.get("location") or attributes.get("fromlocation") or ""
