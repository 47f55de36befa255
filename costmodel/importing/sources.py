"""What the words and paths of `costmodel rates import` mean: files, folders, addresses, and the two APIs."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple

from costmodel.errors import InputError
from costmodel.importing import bulk, feeds, files, mappings, offer_csv, offers, query, regions
from costmodel.importing.download import default_folder, fetched
from costmodel.importing.files import CSV, File
from costmodel.importing.listed import FEED, OFFER, PriceList

BULK, QUERY = "bulk", "query"
Progress = Callable[[int, str], AbstractContextManager[Callable[[], None]]]


class Read(NamedTuple):
    """What was read: price lists, the names of those that have nothing of ours, and how many files of folders seem to be none."""

    lists: tuple[PriceList, ...]
    not_mapped: tuple[str, ...]
    skipped: int


def read(sources: Sequence[str], wanted: Collection[str], endpoint: str | None, cache: str | None, progress: Progress) -> Read:
    """The price lists of all sources. Regions that are `wanted` (none: all) are those that the APIs are asked for.

    `endpoint` stands for AWS's servers, `cache` is the folder of downloads; `progress` shows a bar. Raises InputError.
    """
    _check(sources, endpoint)
    asked = [*wanted] or [*regions.names()]
    cache = cache or default_folder()
    paths, skipped = files.found(source for source in sources if source not in (BULK, QUERY) and not _is_address(source))
    places = {path: path for path in paths} | _downloaded([source for source in sources if _is_address(source)], cache, progress)
    lists, not_mapped = _read_files(places, progress)
    lists += _bulk(asked, endpoint or bulk.HOME, cache, progress) if BULK in sources else ()
    lists += _queried(asked, endpoint, progress) if QUERY in sources else ()
    return Read(lists, not_mapped, skipped)


def _downloaded(addresses: Sequence[str], cache: str, progress: Progress) -> dict[str, str]:
    """The paths of the files in the cache, each with its address."""
    places: dict[str, str] = {}
    if addresses:
        with progress(len(addresses), "Downloading price lists") as step:
            for address in addresses:
                places[fetched(address, cache)] = address
                step()
    return places


def _bulk(asked: Sequence[str], home: str, cache: str, progress: Progress) -> tuple[PriceList, ...]:
    """What the Bulk API lists of ours for the regions that are asked for."""
    lists: list[PriceList] = []
    codes = bulk.codes()
    with progress(len(codes) * len(asked), "Downloading price lists") as step:
        for code in codes:
            for offer in bulk.offers_of(code, asked, home.rstrip("/"), cache):
                lists.append(_offered(offer, cache))
                step()
    return tuple(lists)


def _offered(offer: bulk.Offer, cache: str) -> PriceList:
    told = frozenset([offer.region])
    if not offer.url:
        return PriceList(OFFER, offer.code, "", "", "", told, ())
    return offers.read(files.identified(fetched(offer.url, cache), offer.url))._replace(regions=told)


def _queried(asked: Sequence[str], endpoint: str | None, progress: Progress) -> tuple[PriceList, ...]:
    """What the Query API lists of ours for the regions that are asked for."""
    api = query.client(endpoint)
    codes = bulk.codes()
    lists: list[PriceList] = []
    with progress(len(codes) * len(asked), "Asking for prices") as step:
        for code in codes:
            for region in asked:
                lists.append(query.price_list(api, code, region))
                step()
    return tuple(lists)


def _read_files(places: Mapping[str, str], progress: Progress) -> tuple[tuple[PriceList, ...], tuple[str, ...]]:
    """The price lists in files, and the names of those that have nothing of ours; `places` has where each path's file is from."""
    lists: list[PriceList] = []
    not_mapped: set[str] = set()
    if places:
        with progress(len(places), "Reading price lists") as step:
            for path, place in places.items():
                file = files.identified(path, place)
                if mappings.of_list(FEED if file.kind == FEED else OFFER, file.name):
                    lists.append(_read_file(file))
                else:
                    not_mapped.add(file.name)
                step()
    return tuple(lists), tuple(sorted(not_mapped))


def _read_file(file: File) -> PriceList:
    if file.kind == FEED:
        return feeds.read(file)
    return offer_csv.read(file) if file.kind == CSV else offers.read(file)


def _is_address(source: str) -> bool:
    return source.startswith(("https://", "http://"))


def _check(sources: Sequence[str], endpoint: str | None) -> None:
    """Raises InputError for addresses that one cannot download from."""
    wrong = [source for source in sources if "://" in source and not _is_address(source)]
    problems = [f"'{source}' is no address to download from; it begins with https://" for source in wrong]
    if endpoint is not None and not _is_address(endpoint):
        problems.append(f"--endpoint {endpoint} is no address of a server; write for example http://localhost:8080")
    if problems:
        raise InputError(*problems)
