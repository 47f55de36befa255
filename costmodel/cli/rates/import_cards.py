import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING

import click

from costmodel.cli import options
from costmodel.errors import InputError
from costmodel.models import DEFAULT_REGION
from costmodel.outputs.words import count_of

if TYPE_CHECKING:
    from costmodel.importing.importer import Card
    from costmodel.importing.listed import PriceList
    from costmodel.importing.sources import Read

ALL = "all"


@click.command("import")
@click.argument("sources", nargs=-1, required=True, metavar="PATH|URL|bulk|query...")
@click.option("--region", "regions", multiple=True, metavar="CODE|all", help="A region to make a card for; repeatable.")
@click.option("--as-of", metavar="DATE", help="The cards' date; else that of the newest price list.")
@click.option("--endpoint", metavar="URL", help="A server to ask instead of AWS's.")
@click.option("--cache", metavar="DIR", help="Where downloads are kept; else ~/.cache/costmodel.")
@click.option("-o", "--output", required=True, metavar="DIR", help="The folder of cards: DIR/aws/REGION/YYYY-MM.yaml.")
def command(
    sources: tuple[str, ...],
    regions: tuple[str, ...],
    as_of: str | None,
    endpoint: str | None,
    cache: str | None,
    output: str,
) -> None:
    """Makes rate cards from AWS's price lists: offer files of the Bulk API (JSON, CSV), files of the pricing pages' feed.

    PATH is a file or a folder of them, compressed or not. `bulk` downloads the offer files of every service that costmodel
    prices, `query` asks the Query API. Files name all their regions; bulk and query are asked for us-east-1 unless --region
    says otherwise.

    \b
    costmodel rates import price-lists/ -o pricing
    costmodel rates import bulk --region us-east-1 --region eu-west-1 -o pricing
    """
    from costmodel.importing import importer, sources as reading

    wanted = _wanted(regions, asks_an_api=bool({reading.BULK, reading.QUERY} & {*sources}))
    date = _date(as_of)
    read = reading.read(sources, wanted, endpoint, cache, options.progress)
    for line in _passed_over_lines(read):
        click.echo(line)
    if not read.lists:
        raise InputError("none of these price lists is of a service that costmodel has a mapping for")
    date = importer.date_of(read.lists, date, datetime.fromtimestamp(options.today(), UTC).date().isoformat())
    cards = importer.imported(read.lists, output, wanted, date, _known_cards(output))
    _write(cards)
    for line in (*_card_lines(cards), *_lacking_lines(cards), *_lines_about(read.lists)):
        click.echo(line)


def _wanted(given: tuple[str, ...], asks_an_api: bool) -> tuple[str, ...]:
    """The regions to make cards for; none for all that there are. Raises InputError for a name that is no region."""
    from costmodel.errors import did_you_mean
    from costmodel.importing.regions import names

    wrong = [region for region in given if region != ALL and region not in names()]
    if wrong:
        raise InputError(*(f"'{region}' is not a region of AWS.{did_you_mean(region, names())}" for region in wrong))
    if ALL in given:
        return ()
    return tuple(dict.fromkeys(given)) or ((DEFAULT_REGION,) if asks_an_api else ())


def _date(given: str | None) -> str:
    """The date; nothing if none is given. Raises InputError for what is no date."""
    from costmodel.shapes import Date, read
    from costmodel.yamlfile import value_from_argument

    return "" if given is None else str(read(Date(), value_from_argument(given, "--as-of")))


def _known_cards(folder: str) -> list[str]:
    """The cards that new ones may extend: those of the library, and those in the folder."""
    from costmodel.importing.cards import names_in
    from costmodel.library import Library

    return [*Library().names("pricing"), *names_in(folder)]


def _write(cards: "Sequence[Card]") -> None:
    """Writes those of the cards that are new, all or none: each beside its place first, then renamed. Raises InputError."""
    parts = {f"{card.path}.{os.getpid()}.part": card for card in cards if card.is_new}
    with ExitStack() as undone:
        for part, card in parts.items():
            undone.callback(_remove, part)
            _write_part(part, card)
        for part, card in parts.items():
            with _failing(card.path, "written"):
                os.replace(part, card.path)
            undone.callback(_remove, card.path)
        undone.pop_all()


def _write_part(part: str, card: "Card") -> None:
    folder = os.path.dirname(card.path)
    with _failing(folder, "made"):
        os.makedirs(folder, exist_ok=True)
    with _failing(card.path, "written"), open(part, "w", encoding="utf-8", newline="") as file:
        file.write(card.text)


@contextmanager
def _failing(path: str, done: str) -> Iterator[None]:
    """What the system refuses within is told as: this path cannot be written, or made."""
    try:
        yield
    except OSError as error:
        raise InputError(f"{path} cannot be {done}: {error.strerror or error}") from None


def _remove(path: str) -> None:
    with suppress(OSError):  # it may not be there yet, or not any more
        os.unlink(path)


def _passed_over_lines(read: "Read") -> Iterator[str]:
    if read.skipped:
        yield f"skipped {count_of(read.skipped, 'file')} without the ending .json, .csv or .gz"
    if read.not_mapped:
        yield f"not mapped: {', '.join(read.not_mapped)}"


def _card_lines(cards: "Sequence[Card]") -> Iterator[str]:
    width = max(len(card.region) for card in cards)
    for card in cards:
        lacks = f", not offered: {', '.join(card.not_offered)}" if card.not_offered else ""
        state = "new" if card.is_new else "unchanged"
        yield f"{card.region:{width}}  {count_of(card.prices, 'price')}, {state}: {card.path}{lacks}"


def _lacking_lines(cards: "Sequence[Card]") -> Iterator[str]:
    """What the lists lack, for any region and for single ones: prices that the same regions lack in one line."""
    yield from _lines_of("not found in", {card.region: card.not_found for card in cards}, every="any region")
    yield from _lines_of("not listed for", {card.region: card.not_listed for card in cards})


def _lines_about(lists: "Sequence[PriceList]") -> Iterator[str]:
    """What no card has: regions that costmodel does not know, and the services of other lists."""
    from costmodel.importing.importer import new_regions, services_without_list

    if unknown := new_regions(lists):
        yield f"no card is made for {', '.join(unknown)}, which costmodel does not know as a region"
    if absent := services_without_list(lists):
        words = "service has" if len(absent) == 1 else "services have"
        yield f"{len(absent)} {words} no price in these lists: {', '.join(absent)}; import their lists too"


def _lines_of(words: str, by_region: dict[str, tuple[str, ...]], every: str = "") -> Iterator[str]:
    lacking: dict[str, list[str]] = {}
    for region, prices in by_region.items():
        for price in prices:
            lacking.setdefault(price, []).append(region)
    in_order = sorted(lacking, key=lambda price: (-len(lacking[price]), lacking[price], price))
    for regions, together in groupby(in_order, key=lambda price: lacking[price]):
        where = every if every and len(regions) == len(by_region) > 1 else ", ".join(regions)
        yield f"{', '.join(together)} {words}: {where}"
