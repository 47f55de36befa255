"""Downloads into a cache: resumed where they broke off, checked against a SHA-256 kept beside each file.

A pinned version of an offer never changes, so a file of one is downloaded once; of everything else the server is asked whether
it has changed.
"""

import hashlib
import json
import os
import re
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn
from urllib.parse import urlsplit

from costmodel.errors import InputError, Place, Problem

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

_PINNED = re.compile(r"/offers/v1\.0/aws/\w+/\d{14}/")
_RANGE = re.compile(r"bytes (?P<begin>[0-9]+)-[0-9]+/(?P<whole>[0-9]+|\*)")
_TRIES = 5
_FIRST_PAUSE = 0.25  # seconds; doubled after each failure
_SECONDS = 60.0  # without a byte
_CHUNK = 1 << 20
_KEPT, _PART = ".sha256", ".part"


class _Kept(NamedTuple):
    """What is kept beside a file: its SHA-256, and what the server said of its version."""

    sha256: str
    etag: str
    modified: str


class _BrokenOff(Exception):
    """The connection failed, or ended early; what has come is in the part file."""


def default_folder() -> str:
    """Where downloads are kept: costmodel/ in $XDG_CACHE_HOME or ~/.cache."""
    return os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache"), "costmodel")


def fetched(url: str, folder: str) -> str:
    """The path of the file at `url` in the cache, downloaded if need be. Raises InputError with what to do."""
    path = _path(url, folder)
    kept = _kept(path)
    if kept is not None and _PINNED.search(urlsplit(url).path):
        _check(path, kept)
        return path
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        _download(url, path, kept)
    except OSError as error:
        raise InputError(Problem(Place(path), f"cannot be written: {error.strerror or error}")) from None
    return path


def _path(url: str, folder: str) -> str:
    """Where a file of a server is kept: by the server's name and its path there, and what tells its query from others."""
    parts = urlsplit(url)
    names = [name for name in parts.path.split("/") if name not in ("", ".", "..")]
    if not parts.hostname or not names:
        raise InputError(f"'{url}' names no file to download")
    if parts.query:
        stem, ending = os.path.splitext(names[-1])
        names[-1] = f"{stem}-{hashlib.sha256(f'{parts.scheme}?{parts.query}'.encode()).hexdigest()[:12]}{ending}"
    return os.path.join(folder, f"{parts.hostname}_{parts.port}" if parts.port else parts.hostname, *names)


def _kept(path: str) -> _Kept | None:
    """What is known of the file in the cache; None if there is none."""
    try:
        with open(path + _KEPT, encoding="utf-8") as file:
            return _Kept(**json.load(file)) if os.path.isfile(path) else None
    except (OSError, ValueError, TypeError):
        return None


def _check(path: str, kept: _Kept) -> None:
    if sha256(path) != kept.sha256:
        message = "has changed since it was downloaded: its SHA-256 is not the one kept beside it; remove it and import again"
        raise InputError(Problem(Place(path), message))


def sha256(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _download(url: str, path: str, kept: _Kept | None) -> None:
    """Brings the file at `path` up to date, trying again after failures, from where it broke off."""
    import urllib3

    pool = _pool(url)
    trouble = ""
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(_FIRST_PAUSE * 2 ** (attempt - 1))
        try:
            response = pool.request("GET", url, headers=_headers(path, kept), preload_content=False)
        except urllib3.exceptions.HTTPError as error:
            trouble = f"{urlsplit(url).hostname} cannot be reached ({_reason(error)})"
            continue
        try:
            if response.status == 304 and kept is not None:
                return _check(path, kept)
            if response.status in (429, 500, 502, 503, 504):
                trouble = f"the server answers {response.status}"
                continue
            if response.status == 416:  # the part is of another version, or whole: begin again
                os.unlink(path + _PART)
                continue
            if response.status not in (200, 206):
                raise InputError(
                    f"{url} cannot be downloaded: the server answers {response.status} {response.reason or ''}".strip()
                )
            return _receive(response, url, path)
        except _BrokenOff as error:
            trouble = str(error)
        finally:
            response.release_conn()
    hint = "; import again, and it goes on from where it broke off" if _part_version(path) else ""
    raise InputError(f"{url} cannot be downloaded: {trouble}{hint}")


def _reason(error: Exception) -> str:
    """What the system said last, "Connection refused", without the classes and numbers that urllib3 puts around it."""
    said = re.sub(r" \(_ssl\.c:[0-9]+\)", "", str(getattr(error, "reason", error)))
    last = re.split(r": |\] ", said)[-1]
    return last if "(" in last else last.rstrip("')")


def _pool(url: str) -> Any:
    """urllib3's pool, through the proxy that the environment names for this server, if any."""
    from urllib.request import getproxies, proxy_bypass

    import urllib3

    parts = urlsplit(url)
    proxy = getproxies().get(parts.scheme)
    settings: dict[str, Any] = {
        "timeout": urllib3.Timeout(connect=10.0, read=_SECONDS),
        "retries": urllib3.Retry(total=None, connect=0, read=0, status=0, other=0, redirect=3, raise_on_status=False),
    }
    if proxy and not proxy_bypass(parts.hostname or ""):
        return urllib3.ProxyManager(proxy, **settings)
    return urllib3.PoolManager(**settings)


def _headers(path: str, kept: _Kept | None) -> dict[str, str]:
    """Asks for the rest of a part, or for a file only if it has changed."""
    headers = {"User-Agent": "costmodel", "Accept-Encoding": "identity"}
    part = _part_version(path)
    if part:
        return {**headers, "Range": f"bytes={os.path.getsize(path + _PART)}-", "If-Range": part}
    if kept is not None and kept.etag:
        headers["If-None-Match"] = kept.etag
    if kept is not None and kept.modified:
        headers["If-Modified-Since"] = kept.modified
    return headers


def _part_version(path: str) -> str:
    """The ETag of the version of which a part is there; nothing if there is none, or it has none."""
    try:
        with open(f"{path}{_PART}{_KEPT}", encoding="utf-8") as file:
            return file.read() if os.path.getsize(path + _PART) else ""
    except OSError:
        return ""


def _receive(response: "BaseHTTPResponse", url: str, path: str) -> None:
    """Writes what comes to the part file and, when all of it is there and right, makes it the file."""
    import urllib3

    etag = response.headers.get("ETag", "")
    goes_on = response.status == 206
    if goes_on and _begin(response) != _size(path + _PART):
        _begin_again(path + _PART, "the server sends another part of the file than the one that is missing")
    with open(f"{path}{_PART}{_KEPT}", "w", encoding="utf-8") as version:
        version.write("" if _is_encoded(response) else etag)  # a part without a version is not continued
    try:
        with open(path + _PART, "ab" if goes_on else "wb") as part:
            while chunk := response.read1(_CHUNK):  # stream() would lose what came of a chunk that breaks off
                part.write(chunk)
    except urllib3.exceptions.HTTPError as error:
        raise _BrokenOff(f"the connection broke off ({type(error).__name__})") from None
    _check_whole(response, url, path + _PART)
    kept = _Kept(sha256(path + _PART), etag, response.headers.get("Last-Modified", ""))
    os.replace(path + _PART, path)
    os.unlink(f"{path}{_PART}{_KEPT}")
    with open(path + _KEPT, "w", encoding="utf-8") as file:
        json.dump(kept._asdict(), file)


def _check_whole(response: "BaseHTTPResponse", url: str, part: str) -> None:
    """Raises _BrokenOff if the part is not as long as announced, InputError if JSON has no end. One that cannot become whole
    is removed."""
    whole, size = _announced(response), _size(part)
    if whole is not None and size < whole:
        raise _BrokenOff(f"the file is shorter than announced ({size} of {whole} bytes)")
    if whole is not None and size > whole:
        _begin_again(part, f"the file is longer than announced ({size} instead of {whole} bytes)")
    if not urlsplit(url).path.endswith(".json"):
        return
    with open(part, "rb") as file:
        is_page = file.read(1) == b"<"
        file.seek(max(0, size - 64))
        ends = file.read().rstrip().endswith(b"}")
    if not ends:
        os.unlink(part)
        what = (
            "is a page for a browser, no price list" if is_page else "does not end as JSON does, so it is not whole; import again"
        )
        raise InputError(f"{url} {what}")


def _announced(response: "BaseHTTPResponse") -> int | None:
    """The size of the whole file, as the server announced it: as it is sent, so nothing where that is compressed."""
    if _is_encoded(response):
        return None
    ranged = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
    length = ranged["whole"] if ranged else response.headers.get("Content-Length", "")
    return int(length) if length.isdigit() else None


def _is_encoded(response: "BaseHTTPResponse") -> bool:
    """Whether what is sent is a compressed form of the file; asked for is the file as it is."""
    return response.headers.get("Content-Encoding", "identity") != "identity"


def _begin(response: "BaseHTTPResponse") -> int | None:
    """Where in the file an answer with a part of it begins; None if it does not say so."""
    ranged = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
    return int(ranged["begin"]) if ranged else None


def _size(part: str) -> int:
    return os.path.getsize(part) if os.path.exists(part) else 0


def _begin_again(part: str, trouble: str) -> NoReturn:
    """Removes a part that cannot be gone on with, so that the next try asks for the whole file."""
    with suppress(FileNotFoundError):
        os.unlink(part)
    raise _BrokenOff(trouble)
