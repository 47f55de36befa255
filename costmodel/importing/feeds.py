"""Files of the feed that AWS's pricing pages load: every region's prices under readable names, with the offers' rate codes."""

from collections.abc import Iterator

from costmodel.importing import fields, mappings, regions
from costmodel.importing.files import File
from costmodel.importing.listed import FEED, ON_DEMAND, Listed, PriceList, checked, number


def read(file: File) -> PriceList:
    """What the feed lists of ours, in all regions."""
    import ijson

    ours = [price for service in mappings.of_list(FEED, file.name) for price in service.prices]
    prices: list[Listed] = []
    with file.open() as stream:
        for location, entries in ijson.kvitems(stream, "regions"):
            prices += _prices(ours, regions.called(location), entries, f"{file.place}: {location}")
    return PriceList(FEED, file.name, file.place, file.published, file.version, None, tuple(prices))


def _prices(ours: list[mappings.PriceMapping], region: str, entries: object, place: str) -> Iterator[Listed]:
    ours = [price for price in ours if price.anywhere == (region == regions.ANYWHERE)]
    for name, entry in fields.mappings(entries, place):
        rate_code = str(entry.get("rateCode", ""))
        if rate_code.split(".")[1:2] != [ON_DEMAND]:
            continue
        # Most prices stand there twice, under a readable name and under a key that is the same in all regions; that is one price.
        match = mappings.entry_key(ours, name, {key: str(value) for key, value in entry.items()})
        if match is not None:
            key, (begin, end) = match
            at = f"{place}, {name}"
            amount = number(fields.text(entry, "price", at), at)
            yield checked(Listed(key, region, rate_code, amount, begin, end, ""), at)
