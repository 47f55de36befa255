"""Offer files of the Bulk API, JSON, read as a stream in two passes: the products that are ours, then their prices."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from costmodel.errors import InputError, Place, Problem
from costmodel.importing import fields, mappings, regions
from costmodel.importing.files import File
from costmodel.importing.listed import OFFER, ON_DEMAND, Key, Listed, PriceList, checked, dollars, number


class Product(NamedTuple):
    """A product that is ours: which price, in which region."""

    key: Key
    region: str


def read(file: File) -> PriceList:
    """What the offer file lists of ours. Raises InputError if it is not as AWS makes them."""
    import ijson

    products, seen = _products(file, ijson)
    prices: list[Listed] = []
    with file.open() as stream:
        for sku, terms in ijson.kvitems(stream, "terms.OnDemand"):
            if sku in products:
                prices += on_demand(products[sku], terms, f"{file.place}: {sku}")
    return PriceList(OFFER, file.name, file.place, file.published, file.version, told_about(seen), tuple(prices))


def told_about(seen: set[str]) -> frozenset[str] | None:
    """The regions about which an offer file with these tells something: the Bulk API has files of one region and of all."""
    return None if len(seen) > 1 else frozenset(seen)


def _products(file: File, ijson: Any) -> tuple[dict[str, Product], set[str]]:
    """Our products by SKU, and all the regions of the file."""
    ours = [price for service in mappings.of_list(OFFER, file.name) for price in service.prices if price.offer]
    found: dict[str, Product] = {}
    seen: set[str] = set()
    with file.open() as stream:
        for sku, product in ijson.kvitems(stream, "products"):
            place = f"{file.place}: {sku}"
            attributes = attributes_of(product, place)
            region = regions.of_product(attributes)
            if region is None:
                continue
            if region != regions.ANYWHERE:
                seen.add(region)
            match = product_of(ours, attributes, region, place)
            if match is not None:
                found[sku] = match
    return found, seen


def attributes_of(product: dict[str, Any], place: str) -> dict[str, str]:
    """A product's attributes and its family, under plain keys."""
    attributes = fields.mapping(product, "attributes", place)
    return plain({**attributes, "productFamily": product.get("productFamily", "")})


def product_of(ours: list[mappings.PriceMapping], attributes: Mapping[str, str], region: str, place: str) -> Product | None:
    """Which price of ours a product is, and of which region; None if it is none."""
    try:
        key = mappings.product_key(ours, attributes, region == regions.ANYWHERE)
    except InputError as error:
        raise InputError(*(Problem(Place(place), problem.message) for problem in error.problems)) from None
    return None if key is None else Product(key, region)


def on_demand(product: Product, terms: object, place: str) -> Iterator[Listed]:
    """The prices in the terms of one product. Reservations and free-tier bundles have other term codes."""
    for _, term in fields.mappings(terms, place):
        if fields.text(term, "offerTermCode", place) == ON_DEMAND:
            for _, dimension in fields.mappings(fields.mapping(term, "priceDimensions", place), place):
                yield checked(_price(product, dimension, place), place)


def _price(product: Product, dimension: dict[str, Any], place: str) -> Listed:
    end = fields.text(dimension, "endRange", place)
    return Listed(
        product.key,
        product.region,
        fields.text(dimension, "rateCode", place),
        dollars(fields.mapping(dimension, "pricePerUnit", place), place),
        number(fields.text(dimension, "beginRange", place), place),
        None if end == "Inf" else number(end, place),
        fields.text(dimension, "unit", place),
    )


def plain(attributes: Mapping[str, Any]) -> dict[str, str]:
    """Attributes under keys without capitals and spaces: JSON's usagetype is usageType in CSV, locationType "Location Type"."""
    return {_plain(name): str(value) for name, value in attributes.items()}


@cache
def _plain(name: str) -> str:
    return name.replace(" ", "").casefold()
