"""Files of price lists: what kind each is, told from its content, and reading them as streams, compressed or not."""

import csv
import gzip
import io
import os
import re
import zlib
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, NamedTuple, cast

from costmodel.errors import InputError, Place, Problem
from costmodel.importing import fields
from costmodel.importing.listed import CURRENCY, FEED, OFFER, in_another_currency

CSV = "csv"
_GZIP = b"\x1f\x8b"
_ENDINGS = (".json", ".csv", ".gz")
# What one may take for a price list, by its first bytes.
_OTHERS = {
    b"<": "is a page for a browser, no price list",
    b"PK": "is a zip file; unpack it first, for only gzip is read",
    b"\xfd7zXZ": "is compressed by xz; unpack it first, for only gzip is read",
    b"BZh": "is compressed by bzip2; unpack it first, for only gzip is read",
    **dict.fromkeys((BOM_UTF16_LE, BOM_UTF16_BE), "is not UTF-8 text; save it as UTF-8"),
}
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
            compressed = raw.read(2) == _GZIP
            raw.seek(0)
            stream = cast("BinaryIO", gzip.GzipFile(fileobj=raw)) if compressed else raw
            if stream.read(len(BOM_UTF8)) != BOM_UTF8:
                stream.seek(0)
            yield stream
    except (EOFError, gzip.BadGzipFile, zlib.error, ijson.JSONError, csv.Error, UnicodeDecodeError) as error:
        raise InputError(Problem(Place(place), f"{_trouble(error)}; get the file again")) from None
    except OSError as error:
        raise InputError(Problem(Place(place), f"cannot be read: {error.strerror or error}")) from None


def _trouble(error: Exception) -> str:
    """What reading failed on. ijson calls all of it incomplete, and shows a piece of the text in further lines."""
    text = str(error).partition("\n")[0].removeprefix("parse error: ")
    if isinstance(error, EOFError) or text in ("premature EOF", "Incomplete JSON content"):
        return "ends in the middle"
    if text in ("trailing garbage", "Additional data found"):
        return "goes on after its end, as if two files were one"
    return f"is damaged ({text})"


def found(paths: Iterable[str]) -> tuple[list[str], int]:
    """The files that are named, and in folders those that may be price lists, each once; and how many files there are not.

    What is hidden does not count. Raises InputError for what does not exist, and for a folder without price lists.
    """
    files: dict[str, None] = {}
    skipped = 0
    for path in paths:
        if os.path.isdir(path):
            inside = _inside(path)
            lists = [file for file in inside if file.lower().endswith(_ENDINGS)]
            if not lists:
                raise InputError(f"the folder {path} has no price lists, which are .json, .csv or .gz")
            files |= dict.fromkeys(sorted(lists))
            skipped += len(inside) - len(lists)
        elif os.path.exists(path):
            files[path] = None
        else:
            raise InputError(Problem(Place(path), "there is no such file or folder"))
    return list(files), skipped


def _inside(folder: str) -> list[str]:
    """The files below a folder, without those that are hidden, or in a folder that is."""
    paths: list[str] = []
    for at, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths += [os.path.join(at, name) for name in names if not name.startswith(".")]
    return paths


def identified(path: str, place: str) -> File:
    """The file with its kind. Raises InputError for a file that is no price list, or one in another currency."""
    with opened(path, place) as stream:
        first = stream.read(6)
    if first.startswith((b'"', b"F")):
        return _csv(path, place)
    if first.startswith(b"{"):
        return _json(path, place)
    what = (words for beginning, words in _OTHERS.items() if first.startswith(beginning))
    raise InputError(Problem(Place(place), next(what, f"is no price list; give {_HOW}")))


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
