"""Whether the unit that a price list names can measure one of our prices.

AWS spells units freely (GB, GB-Mo, Lambda-GB-Second, ShardHour, Hrs), so what counts are the sizes and times in the word. What is
only counted (Requests, Keys, Quantity) has no fixed name.
"""

import re

from costmodel.units import Unit

_SIZES = {
    f"{letter}B": rf"(?<![a-z]){letter}b(?![a-z])|{prefix}byte"
    for letter, prefix in (("k", "kilo"), ("m", "mega"), ("g", "giga"), ("t", "tera"))
}
_TIMES = {
    "millisecond": r"milliseconds?|(?<![a-z])ms(?![a-z])",
    "second": r"(?<!milli)second|(?<![a-z])secs?(?![a-z])",
    "minute": r"minute|(?<![a-z])mins?(?![a-z])",
    "hour": r"hour|hrs?(?![a-z])",
    "day": r"(?<![a-z])days?(?![a-z])",
}
_MONTH = {"month": r"month|(?<![a-z])mo(?![a-z])"}
_MEASURES = {**_SIZES, **_TIMES, **_MONTH}
_SAYS_NOTHING = {"", "quantity", "count", "unit", "units"}


def can_measure(listed: str, unit: Unit) -> bool:
    """Whether a price per `listed`, as AWS spells it, may be one per `unit`: "Lambda-GB-Second" or "Second" per GB-second.

    It names no other size or time, and the time that the price is by, or else its size. A month need not be named: the lists
    have GB of what is stored, and Keys.
    """
    if listed.casefold() in _SAYS_NOTHING:
        return True
    said, ours = _measures_in(listed), _measures_in(unit.name)
    needed = ours & _TIMES.keys() or ours & _SIZES.keys()
    return needed <= said <= ours


def _measures_in(word: str) -> set[str]:
    return {name for name, form in _MEASURES.items() if re.search(form, word, re.IGNORECASE)}
