"""Offer files of the Bulk API as CSV: a row for each price, with its product's attributes. One pass."""

from collections.abc import Iterator

from costmodel.errors import InputError, Place, Problem
from costmodel.importing import mappings, offers, regions
from costmodel.importing.files import File, rows
from costmodel.importing.listed import OFFER, ON_DEMAND, Listed, PriceList, checked, dollars, number

_HEAD = "SKU"  # the first column's name, with which the table begins, after lines about the file
_NEEDED = ("OfferTermCode", "RateCode", "StartingRange", "EndingRange", "Unit", "PricePerUnit", "Currency")


def read(file: File) -> PriceList:
    """What the offer file lists of ours. Raises InputError if it is not as AWS makes them."""
    ours = [price for service in mappings.of_list(OFFER, file.name) for price in service.prices if price.offer]
    seen: set[str] = set()
    prices: list[Listed] = []
    with file.open() as stream, rows(stream) as lines:
        for row in _attributes(lines, file.place):
            region = regions.of_product(row)
            if region is None or row["offertermcode"] != ON_DEMAND:
                continue
            if region != regions.ANYWHERE:
                seen.add(region)
            place = f"{file.place}: {row['sku']}"
            product = offers.product_of(ours, row, region, place)
            if product is not None:
                prices.append(checked(_listed(product, row, place), place))
    return PriceList(OFFER, file.name, file.place, file.published, file.version, offers.told_about(seen), tuple(prices))


def _attributes(lines: Iterator[list[str]], place: str) -> Iterator[dict[str, str]]:
    """The table's rows as attributes, with the keys of JSON in small letters. Raises InputError if it lacks a column."""
    header: list[str] = []
    for line in lines:
        if not line:  # as at the end of a file that was edited
            continue
        if header:
            if len(line) != len(header):
                raise EOFError  # the last row of a file that was cut off
            yield dict(zip(header, line, strict=True))
        elif line[:1] == [_HEAD]:
            lacking = [column for column in _NEEDED if column not in line]
            if lacking:
                raise InputError(Problem(Place(place), f"is not as AWS makes price lists: it has no column {', '.join(lacking)}"))
            header = [*offers.plain(dict.fromkeys(line, ""))]


def _listed(product: offers.Product, row: dict[str, str], place: str) -> Listed:
    end = row["endingrange"]
    return Listed(
        product.key,
        product.region,
        row["ratecode"],
        dollars({row["currency"]: row["priceperunit"]}, place),
        number(row["startingrange"] or "0", place),
        None if end in ("Inf", "") else number(end, place),
        row["unit"],
    )
