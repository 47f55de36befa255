"""Files of price lists: what kind each is, told from its content, and reading them as streams, compressed or not."""

import csv
import gzip
import io
import os
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, NamedTuple, cast

from costmodel.errors import InputError, Place, Problem
from costmodel.importing import fields
from costmodel.importing.listed import CURRENCY, FEED, OFFER, in_another_currency

CSV = "csv"
_HOW = "an offer file of the Bulk API (JSON or CSV) or a file of the pricing pages' feed"


class File(NamedTuple):
    """A price list in a file. `kind` is OFFER, CSV (an offer too) or FEED; `name` its offer code or the feed's name."""

    path: str
    place: str
    kind: str
    name: str
    published: str
    version: str

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        with opened(self.path, self.place) as stream:
            yield stream


@contextmanager
def opened(path: str, place: str) -> Iterator[BinaryIO]:
    """The content as a stream. What goes wrong while it is read becomes an InputError that names the file."""
    import ijson

    try:
        with open(path, "rb") as raw:
            compressed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            yield cast("BinaryIO", gzip.GzipFile(fileobj=raw)) if compressed else raw
    except (EOFError, ijson.IncompleteJSONError):
        raise InputError(Problem(Place(place), "ends in the middle; get the file again")) from None
    except (gzip.BadGzipFile, zlib.error, ijson.JSONError, csv.Error, UnicodeDecodeError) as error:
        raise InputError(Problem(Place(place), f"is damaged ({error}); get the file again")) from None
    except OSError as error:
        raise InputError(Problem(Place(place), f"cannot be read: {error.strerror or error}")) from None


def found(paths: Iterable[str]) -> list[str]:
    """The files that are named, and those in folders that are named, each once. Raises InputError for what does not exist."""
    files: dict[str, None] = {}
    for path in paths:
        if os.path.isdir(path):
            inside = [os.path.join(at, name) for at, _, names in os.walk(path) for name in names if not name.startswith(".")]
            if not inside:
                raise InputError(f"the folder {path} is empty; name a folder of price lists")
            files |= dict.fromkeys(sorted(inside))
        elif os.path.exists(path):
            files[path] = None
        else:
            raise InputError(Problem(Place(path), "there is no such file or folder"))
    return list(files)


def identified(path: str, place: str) -> File:
    """The file with its kind. Raises InputError for a file that is no price list, or one in another currency."""
    with opened(path, place) as stream:
        first = stream.read(1)
    if first == b'"' or first == b"F":
        return _csv(path, place)
    if first == b"{":
        return _json(path, place)
    raise InputError(Problem(Place(place), f"is no price list; give {_HOW}"))


def _csv(path: str, place: str) -> File:
    """An offer as CSV begins with lines of a name and a value; the header of the table follows."""
    head: dict[str, str] = {}
    with opened(path, place) as stream, rows(stream) as lines:
        for line in lines:
            if len(line) != 2:
                break
            head[line[0].replace(" ", "").casefold()] = line[1]
    if "offercode" not in head:
        raise InputError(Problem(Place(place), f"is no price list; give {_HOW}"))
    return _file(path, place, CSV, head["offercode"], head.get("publicationdate", ""), head.get("version", ""))


@contextmanager
def rows(stream: BinaryIO) -> Iterator[Iterator[list[str]]]:
    """The rows of a CSV file."""
    text = io.TextIOWrapper(stream, "utf-8", newline="")
    try:
        yield csv.reader(text)
    finally:
        text.detach()  # whoever opened the stream closes it


def _json(path: str, place: str) -> File:
    """Reads the file's head: its plain values, up to what tells the kind."""
    import ijson

    head: dict[str, str] = {}
    wanted = {"offerCode", "version", "publicationDate"}
    keys: set[str] = set()
    with opened(path, place) as stream:
        for prefix, event, value in ijson.parse(stream):
            if prefix == "" and event == "map_key":
                keys.add(value)
            if event == "string" and prefix.removeprefix("manifest.") in (*wanted, *_MANIFEST):
                head[prefix] = value
            if (wanted <= head.keys()) or (prefix == "manifest" and event == "end_map"):
                break
    if "manifest" in keys and "manifest.serviceId" in head:
        return _feed(path, place, head)
    if "offerCode" in head and keys & {"products", "terms", "formatVersion"}:
        return _file(path, place, OFFER, head["offerCode"], head.get("publicationDate", ""), head.get("version", ""))
    raise InputError(Problem(Place(place), f"lists no prices; give {_HOW}"))


_MANIFEST = ("serviceId", "source", "currencyCode", "hawkFilePublicationDate", "esIndex")


def _feed(path: str, place: str, head: dict[str, str]) -> File:
    currency = head.get("manifest.currencyCode", CURRENCY)
    if currency != CURRENCY:
        raise InputError(in_another_currency(currency, place))
    name = head.get("manifest.source") or head["manifest.serviceId"]
    version = re.search(r"\d{14}$", head.get("manifest.esIndex", ""))  # plc-kinesisfirehose-usd-20250605175644
    return _file(path, place, FEED, name, head.get("manifest.hawkFilePublicationDate", ""), version[0] if version else "")


def _file(path: str, place: str, kind: str, name: str, published: str, version: str) -> File:
    return File(path, place, kind, name, fields.published(published, place), fields.version(version, place))
