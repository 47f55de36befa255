"""Fields of AWS's price lists: each must be there, and what goes into cards must look as AWS writes it.

Every function raises InputError with the `place` of the list, a file or an address.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, NoReturn, TypeVar

from costmodel.errors import InputError, Place, Problem

_T = TypeVar("_T", dict[str, Any], str)
_RATE_CODE = re.compile(r"[A-Z0-9]+(\.[A-Z0-9]+){2}")
_VERSION = re.compile(r"[A-Za-z0-9.:-]*")
_TYPE = re.compile(r"[a-z0-9][a-z0-9.-]*")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+Z?)?")


def mapping(data: object, name: str, place: str) -> dict[str, Any]:
    """The mapping under `name` in `data`."""
    return _field(data, name, dict, f"mapping '{name}'", place)


def text(data: object, name: str, place: str) -> str:
    """The text under `name` in `data`."""
    return _field(data, name, str, f"text '{name}'", place)


def mappings(data: object, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The names and values of a mapping of mappings."""
    if not isinstance(data, dict):
        _refuse("mapping", place)
    for name in data:
        yield name, mapping(data, name, place)


def _field(data: object, name: str, kind: type[_T], what: str, place: str) -> _T:
    value = data.get(name) if isinstance(data, dict) else None
    if not isinstance(value, kind):
        _refuse(what, place)
    return value


def _refuse(what: str, place: str) -> NoReturn:
    raise InputError(Problem(Place(place), f"is not as AWS makes price lists: there is no {what} where one must be"))


def rate_code(said: str, place: str) -> str:
    return _formed(said, _RATE_CODE, "a rate code, such as B674W3KVY282C9AV.JRTCKXETXF.HK3AFRJD7J", place)


def version(said: str, place: str) -> str:
    """The version of a price list; nothing for one that says none."""
    return _formed(said, _VERSION, "the version of a price list, such as 20250605175644", place)


def type_of(said: str, place: str) -> str:
    """The type in a family of prices: an instance's, a broker's."""
    return _formed(said, _TYPE, "a type, such as m5.large", place)


def published(said: str, place: str) -> str:
    """The moment (or day) of publication; nothing for a list that says none."""
    what = "a date of publication, such as 2025-06-05T17:56:44Z"
    try:
        date.fromisoformat(said[:10] or "2000-01-01")
    except ValueError:
        _refuse_text(said, what, place)
    return _formed(said, _MOMENT, what, place) if said else ""


def _formed(said: str, form: re.Pattern[str], what: str, place: str) -> str:
    if not form.fullmatch(said):
        _refuse_text(said, what, place)
    return said


def _refuse_text(said: str, what: str, place: str) -> NoReturn:
    raise InputError(Problem(Place(place), f"'{said}' is not {what}; the file is not as AWS makes it"))
