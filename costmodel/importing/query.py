"""The Query API of AWS's price list, through boto3: the products of each price that has a mapping, asked for by attributes."""

import json
from collections.abc import Iterator
from typing import Any

from costmodel.errors import InputError, Place, Problem
from costmodel.importing import fields, mappings, offers, regions
from costmodel.importing.listed import OFFER, Listed, PriceList
from costmodel.importing.mappings import PriceMapping

_HOME = "us-east-1"  # one of the few regions with the API; it knows the prices of all
# What the API is asked by, and its spelling; the other attributes are tested here.
_FIELDS = {"productfamily": "productFamily", "group": "group", "operation": "operation", "transfertype": "transferType"}


def client(endpoint: str | None) -> Any:
    """boto3's client. Raises InputError if boto3 is not installed."""
    try:
        import boto3
    except ModuleNotFoundError:
        raise InputError("query needs boto3, which is not installed: pip install 'costmodel[aws]'") from None
    return boto3.Session().client("pricing", region_name=_HOME, endpoint_url=endpoint)


def price_list(api: Any, code: str, region: str) -> PriceList:
    """What the offer `code` lists of ours for a region. Raises InputError if AWS does not answer."""
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

    place = f"the Query API's {code}"
    prices: dict[Listed, None] = {}
    published = version = ""
    ours = [price for service in mappings.of_list(OFFER, code) for price in service.prices if price.offer]
    try:
        for text in _answers(api, code, region, ours):
            answer = _parsed(text, place)
            published, version = max((published, version), _published(answer, place))
            prices |= dict.fromkeys(_prices(answer, ours, region, place))
    except NoCredentialsError:
        raise InputError("query needs credentials of an AWS account, which boto3 does not find; see `aws configure`") from None
    except (BotoCoreError, ClientError) as error:
        raise InputError(f"{place} does not answer: {error}") from None
    return PriceList(OFFER, code, place, published, version, frozenset([region]), tuple(prices))


def _answers(api: Any, code: str, region: str, ours: list[PriceMapping]) -> Iterator[str]:
    """The products as JSON, each once for each question in which it is an answer."""
    asked = {_filters(price, region): None for price in ours}
    for filters in asked:
        terms = [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in filters]
        for page in api.get_paginator("get_products").paginate(ServiceCode=code, Filters=terms, FormatVersion="aws_v1"):
            yield from map(str, page.get("PriceList", []))


def _parsed(text: str, place: str) -> dict[str, Any]:
    try:
        answer = json.loads(text)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise InputError(Problem(Place(place), "answers what is no product of a price list"))
    return answer


def _published(answer: dict[str, Any], place: str) -> tuple[str, str]:
    """When the answer's price list was published, and its version."""
    published, version = (str(answer.get(name, "")) for name in ("publicationDate", "version"))
    return fields.published(published, place), fields.version(version, place)


def _filters(price: PriceMapping, region: str) -> tuple[tuple[str, str], ...]:
    """What the API is asked: the region, and those of the mapping's tests that are one plain text."""
    if price.anywhere:
        where = ("location", "Any")
    else:
        where = ("fromRegionCode" if "transfertype" in price.offer else "regionCode", region)
    tests = ((_FIELDS[name], test.text) for name, test in price.offer.items() if name in _FIELDS)
    return (where, *((field, text) for field, text in tests if text))


def _prices(answer: dict[str, Any], ours: list[PriceMapping], region: str, place: str) -> Iterator[Listed]:
    product = fields.mapping(answer, "product", place)
    attributes = offers.attributes_of(product, place)
    where = regions.of_product(attributes)
    if where not in (region, regions.ANYWHERE):
        return
    at = f"{place}: {fields.text(product, 'sku', place)}"
    match = offers.product_of(ours, attributes, where, at)
    if match is not None:
        terms = fields.mapping(answer, "terms", at) if "terms" in answer else {}
        yield from offers.on_demand(match, terms.get("OnDemand", {}), at)
