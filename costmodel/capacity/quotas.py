"""Reads a quota sheet: what AWS lets an account do at once, by service and quota, each dated and with its source."""

import re
from collections.abc import Mapping as Map
from typing import Any, ClassVar, NamedTuple

from costmodel import services
from costmodel.changes import Changes, with_all
from costmodel.components import QUOTAS, YOURS
from costmodel.errors import InputError, Mistakes, Problem, did_you_mean
from costmodel.library import Library
from costmodel.quantities import Number, Numbers
from costmodel.shapes import REGION, VERSION, Choice, Date, Field, Flag, Given, Named, Problems, Record, Shape, Text, Word, read
from costmodel.units import COUNT, LARGEST, ONE, TIME, parse, pricing_unit
from costmodel.yamlfile import Mapping, Node, find, place_of

NO_LIMIT = "none"
ACCOUNT = "account"  # the scope of a quota that everything in an account draws from
_SCOPES = (
    ACCOUNT,
    "application",
    "function",
    "invocation",
    "item",
    "message",
    "prefix",
    "queue",
    "record",
    "shard",
    "stream",
    "table",
)
_VALUE = re.compile(
    r"([0-9][0-9.]*(?:[eE][+-]?[0-9]+)?(?: (?:thousand|million|billion))?) +"
    r"(?!thousand|million|billion)([A-Za-z]+(?:/(?:s|min))?)"
)


class Quota(NamedTuple):
    """A quota of a region. `given` is in base units, None where there is no limit; `path` is its number's.

    `own`: it is the account's own value, not AWS's default. `scope` says what one covers: the account, a stream, a table.
    One that is for each of another is so many `times` that.
    """

    key: str
    path: str
    given: Given | None
    own: bool
    scope: str
    adjustable: bool
    source: str
    confidence: str
    note: str
    times: "Quota | None" = None

    @property
    def asked_for(self) -> "Quota":
        """What AWS is asked to raise for more of it."""
        return self.times or self

    @property
    def counts(self) -> str:
        """Of what it is a number: "executions", "requests/s"."""
        return _counted(self.given.text) if self.given else ""

    def amount(self, numbers: Numbers) -> Number:
        """What it is in base units, in a reading's numbers."""
        assert self.given is not None  # one without a limit is not compared
        own: Number = numbers.number(self.path, self.given)
        return own if self.times is None else own * self.times.amount(numbers)


class QuotaSheet(NamedTuple):
    """A sheet as read; `quotas` has what the file says of each, by key ("kms.symmetric_requests")."""

    name: str
    place: str
    title: str
    provider: str
    as_of: str
    quotas: dict[str, dict[str, Any]]

    def other_usage(self, said: Map[Word, Word]) -> dict[str, Given]:
        """What a scenario says of the rest of the account, by quota. Raises InputError with every mistake."""
        problems: Problems = []
        result: dict[str, Given] = {}
        shared = [key for key, quota in self.quotas.items() if quota["scope"] == ACCOUNT]
        for key, word in said.items():
            try:
                if key not in shared:
                    raise ValueError(f"'{key}' is no quota of the whole account.{did_you_mean(key, shared)}")
                given, of = quota_number(word), self.quotas[key]["value"]
                if of != NO_LIMIT and not _measures(word, of):
                    raise ValueError(f"'{word}' does not measure {key}, which is {of}")
                result[str(key)] = given
            except ValueError as error:
                problems.append(Problem((word if key in shared else key).place, str(error)))
        if problems:
            raise InputError(*problems)
        return result

    def quota(self, key: str, region: str) -> Quota | None:
        """The quota of this key in a region; None where the sheet says nothing of it."""
        said = self.quotas.get(key)
        if said is None:
            return None
        own = said.get(YOURS)
        value: Word = own or said.get("by_region", {}).get(region, said["value"])
        times = self.quota(said["times"], region) if "times" in said else None
        no_limit = value == NO_LIMIT or (times is not None and times.given is None)
        return Quota(
            key,
            f"{QUOTAS}.{key}",
            None if no_limit else quota_number(value),
            own is not None or (times is not None and times.own),
            said["scope"],
            said["adjustable"],
            str(said["source"]),
            str(said["confidence"]),
            str(said.get("note", "")),
            times,
        )


def quota_number(value: Word) -> Given:
    """ "5000 records/s", "1.5 million requests/s", "500 executions/min", "5 MB/s" or "1000 executions" in base units.

    Raises ValueError.
    """
    match = _VALUE.fullmatch(value)
    if value.lstrip().startswith("-"):
        raise ValueError(f"'{value}' is negative; a quota is above 0")
    if not match:
        raise ValueError(f"'{value}' is no quota; write for example 5000 records/s, 5 MB/s or 1000 executions")
    what, slash, span = match[2].partition("/")
    unit = pricing_unit(what)
    number = parse(match[1], COUNT, ONE) * unit.scale
    if not 0 < number <= LARGEST[COUNT]:
        raise ValueError(f"'{value}' {'must be above 0' if number <= 0 else 'is absurdly large'}")
    if not slash:
        return Given(number, value, unit.dimension, value.place)
    size, time, money = unit.dimension
    return Given(number / parse(f"1 {span}", TIME), value, (size, time - 1, money), value.place)


def _measures(value: Word, like: Word) -> bool:
    """Whether it counts the same thing: requests a second, or another size of bytes."""
    one, other = quota_number(value), quota_number(like)
    return one.dimension == other.dimension and (one.dimension[0] != 0 or _counted(value) == _counted(like))


def _counted(value: str) -> str:
    match = _VALUE.fullmatch(value)
    return match[2] if match else ""


class _Value(Shape):
    """A number of something, or a number of it a second or a minute."""

    def read(self, node: Node, problems: Problems) -> Any:
        word = Text().read(node, problems)
        if word is not None and word != NO_LIMIT:
            try:
                quota_number(word)
            except ValueError as error:
                problems.append(Problem(place_of(node), str(error)))
                return None
        return word

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "examples": ["5000 records/s", "5 MB/s", "1000 executions", NO_LIMIT]}


class _Region(Text):
    """A region of AWS's: of one that is misspelt, nobody would miss the value."""

    def read(self, node: Node, problems: Problems) -> Any:
        from costmodel.importing.regions import names

        word = super().read(node, problems)
        if word is not None and word not in names():
            problems.append(Problem(word.place, f"there is no region '{word}'.{did_you_mean(word, names())}"))
        return word


_QUOTA = Record(
    "a quota",
    {
        "value": Field(_Value(), "AWS's default: 5000 records/s, 5 MB/s, 1000 executions; none where there is no limit", True),
        "by_region": Field(
            Named(_Value(), _Region(REGION, "is not a region, such as eu-west-1"), "regions to values"),
            "the regions whose default differs",
        ),
        YOURS: Field(_Value(), "the account's own value, in place of AWS's default"),
        "times": Field(Text(), "the quota of which this is for each one: a number of something, by its key"),
        "scope": Field(Choice(*_SCOPES), "what one covers; of the account: all that is in it, in a region", True),
        "adjustable": Field(Flag(), "whether AWS raises it on request", True),
        "source": Field(Text(), "where AWS says so", True),
        "confidence": Field(Choice("high", "medium", "low"), "how sure it is", True),
        "code": Field(Text(), "its code in Service Quotas"),
        "note": Field(Text(), "what a reader should know"),
    },
)


class SheetShape(Shape):
    """The head of a sheet, and a block for each service."""

    head: ClassVar[dict[str, Field]] = {
        "version": VERSION,
        "title": Field(Text(), "what the sheet is called"),
        "extends": Field(Text(), "the sheet that this one changes, by name"),
        "provider": Field(Choice("aws"), "whose quotas they are", True),
        "as_of": Field(Date(), "the day of which they are", True),
    }

    def __init__(self) -> None:
        block = Named(_QUOTA, Text(), "quotas, as in {symmetric_requests: {yours: 20000 requests/s}}")
        blocks = {service.key: Field(block, f"quotas of {service.name}") for service in services.every()}
        self.record = Record("a quota sheet", {**self.head, **blocks})

    def read(self, node: Node, problems: Problems) -> Any:
        return self.record.read(node, problems)

    def schema(self) -> dict[str, Any]:
        return self.record.schema()


def open_sheet(library: Library, name: str | None, card_date: str, changes: Changes) -> QuotaSheet:
    """The sheet of this name, or the one nearest in time to the rate card, with changes in it. Raises InputError."""
    if name is None:
        dated = [sheet for sheet in library.names("quotas") if _month(sheet) is not None]
        name = min(dated, key=lambda sheet: (abs((_month(sheet) or 0) - (_month(card_date) or 0)), sheet))
    found, mistakes = library.find("quotas", name), Mistakes()
    node = with_all(library.load("quotas", found), changes, mistakes, within=QUOTAS)
    if mistakes.problems:
        raise InputError(*mistakes.problems)
    return read_sheet(node, found.name)


def _month(name: str) -> int | None:
    """The months since the year 0 of a date, or of a name that ends in one."""
    year, _, rest = name.rpartition("/")[2].partition("-")
    return int(year) * 12 + int(rest[:2]) if year.isdigit() and rest[:2].isdigit() else None


def read_sheet(node: Mapping, name: str) -> QuotaSheet:
    """The sheet in `node`. Raises InputError with every mistake."""
    shape = SheetShape()
    keys = services.keys()
    blocks = [(key.value, block) for key, block in node.value if key.value in keys]
    problems = [problem for key, block in blocks for problem in _unknown(key, block)]
    if problems:
        raise InputError(*problems)
    values = read(shape, node)
    quotas = {f"{key}.{quota}": said for key, block in values.items() if key not in shape.head for quota, said in block.items()}
    problems = [problem for key, said in quotas.items() for problem in (*_unlike(key, said), *_wrong_times(key, said, quotas))]
    if problems:
        raise InputError(*problems)
    return QuotaSheet(name, place_of(node).name, str(values.get("title", "")), values["provider"], str(values["as_of"]), quotas)


def _unknown(service: str, block: Node) -> list[Problem]:
    """The problems of values of the account's own for quotas that no sheet below has."""
    quotas = block.value if isinstance(block, Mapping) else []
    known = [key.value for key, said in quotas if find(said, "value") is not None]
    return [
        Problem(place_of(key), f"there is no quota '{service}.{key.value}'.{did_you_mean(key.value, known)}")
        for key, said in quotas
        if find(said, "value") is None and find(said, YOURS) is not None
    ]


def _unlike(key: str, said: dict[str, Any]) -> list[Problem]:
    """The problems of values that do not count what AWS's default counts."""
    words = [said["value"], *said.get("by_region", {}).values(), *([said[YOURS]] if YOURS in said else [])]
    counted = [word for word in words if word != NO_LIMIT]
    return [
        Problem(word.place, f"'{word}' does not measure {key}, which is {counted[0]}")
        for word in counted
        if not _measures(word, counted[0])
    ]


def _wrong_times(key: str, said: dict[str, Any], quotas: dict[str, dict[str, Any]]) -> list[Problem]:
    """The problems of a quota that is for each of another, which must be a number of something and none such itself."""
    times = said.get("times")
    if times is None:
        return []
    of = quotas.get(times)
    if of is None:
        return [
            Problem(times.place, f"there is no quota '{times}', of which {key} is for each.{did_you_mean(times, list(quotas))}")
        ]
    if "times" in of or (of["value"] != NO_LIMIT and quota_number(of["value"]).dimension != COUNT):
        return [Problem(times.place, f"'{times}' is no number of something, of which {key} could be for each")]
    return []
