"""The official Bulk API: which files of it hold the prices of a region."""

import json
from collections.abc import Collection, Iterator
from typing import NamedTuple

from costmodel.errors import InputError, Place, Problem
from costmodel.importing import fields, mappings
from costmodel.importing.download import fetched

HOME = "https://pricing.us-east-1.amazonaws.com"


class Offer(NamedTuple):
    """An offer file to download: `url` of the pinned version of one region; none where the offer is not made in the region."""

    code: str
    region: str
    url: str


def codes() -> list[str]:
    """The offers that the mappings name, each once."""
    return sorted({code for service in mappings.every() for code in service.offers})


def offers_of(code: str, wanted: Collection[str], home: str, cache: str) -> Iterator[Offer]:
    """The files of one offer for the regions `wanted`. Raises InputError if the index cannot be downloaded or read."""
    url = f"{home}/offers/v1.0/aws/{code}/current/region_index.json"
    path = fetched(url, cache)
    try:
        with open(path, encoding="utf-8") as file:
            entries = fields.mappings(fields.mapping(json.load(file), "regions", path), path)
            listed = {region: fields.text(entry, "currentVersionUrl", path) for region, entry in entries}
    except (ValueError, InputError):
        raise InputError(
            Problem(Place(path), f"is not the region index that {url} should be; remove it and import again")
        ) from None
    for region in wanted:
        at = listed.get(region, "")
        yield Offer(code, region, f"{home}{at}" if at else "")
