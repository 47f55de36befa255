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

    products, seen, unknown = _products(file, ijson)
    prices: list[Listed] = []
    with file.open() as stream:
        for sku, terms in ijson.kvitems(stream, "terms.OnDemand"):
            if sku in products:
                prices += on_demand(products[sku], terms, f"{file.place}: {sku}")
    return price_list(file, seen, prices, unknown)


def price_list(file: File, seen: set[str], prices: list[Listed], unknown: set[str]) -> PriceList:
    """What the offer file lists of ours: `seen` are its regions, `unknown` those of our prices that are none of names()."""
    told = None if len(seen) > 1 else frozenset(seen)  # the Bulk API has files of one region and of all
    in_order = tuple(sorted(unknown))
    return PriceList(OFFER, file.name, file.place, file.published, file.version, told, tuple(prices), in_order)


def _products(file: File, ijson: Any) -> tuple[dict[str, Product], set[str], set[str]]:
    """Our products by SKU, all the regions of the file, and those that costmodel does not know of our products."""
    ours = [price for service in mappings.of_list(OFFER, file.name) for price in service.prices if price.offer]
    found: dict[str, Product] = {}
    seen: set[str] = set()
    unknown: set[str] = set()
    with file.open() as stream:
        for sku, product in ijson.kvitems(stream, "products"):
            place = f"{file.place}: {sku}"
            attributes = attributes_of(product, place)
            match = product_of(ours, attributes, place, seen, unknown)
            if match is not None:
                found[sku] = match
    return found, seen, unknown


def attributes_of(product: dict[str, Any], place: str) -> dict[str, str]:
    """A product's attributes and its family, under plain keys."""
    attributes = fields.mapping(product, "attributes", place)
    return plain({**attributes, "productFamily": product.get("productFamily", "")})


def product_of(
    ours: list[mappings.PriceMapping], attributes: Mapping[str, str], place: str, seen: set[str], unknown: set[str]
) -> Product | None:
    """Which price of ours a product is, and of which region; None if it is none, or of no region.

    Its region is added to those that are `seen`, or for a price of ours to those that are `unknown`.
    """
    region = regions.of_product(attributes)
    other = regions.unknown(attributes)
    if region is None and not other:
        return None
    if region:
        seen.add(region)
    try:
        key = mappings.product_key(ours, attributes, region == regions.ANYWHERE)
    except InputError as error:
        raise InputError(*(Problem(Place(place), problem.message) for problem in error.problems)) from None
    if key is not None and other:
        unknown.add(other)
    return Product(key, region) if key is not None and region is not None else None


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
