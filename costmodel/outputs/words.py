"""How amounts, money and counts are said to people."""

from decimal import ROUND_HALF_UP, Context, Decimal

from costmodel import units
from costmodel.units import COUNT, MONEY, RATE, Dimension, best_unit

_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)  # no float has more digits
_IRREGULAR = {"h", "KB", "MB", "GB", "TB"}


def money(value: float, digits: int = 2) -> str:
    """ "$1,234.50", rounded half up; what would round to nothing shows its first digits: "$0.00086"."""
    sign, size = ("-", -value) if value < 0 else ("", value)
    if 0 < size < 0.5 * 10**-digits:
        return f"{sign}${_plain(size, 2)}"
    return f"{sign}${_to_decimals(size, digits):,f}"


def share(value: float) -> str:
    """ "88.9%", rounded half up."""
    return f"{_to_decimals(value, 3).scaleb(2, _EXACT):,f}%"


def _to_decimals(value: float, digits: int) -> Decimal:
    """`value`, as it is written shortest, with so many decimals."""
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), context=_EXACT)


def _to_significant(value: float, digits: int) -> Decimal:
    """`value`, as it is written shortest, to so many significant digits."""
    exact_value = Decimal(repr(float(value)))
    return exact_value.quantize(Decimal(1).scaleb(exact_value.adjusted() - digits + 1), context=_EXACT)


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _plain(value: float, significant: int) -> str:
    """`value` to so many significant digits, without an exponent."""
    return _trimmed(f"{_to_significant(value, significant):f}")


def number(value: float, digits: int = 2) -> str:
    """ "20,599.37", "60", "0.00098": thousands separated, at most `digits` decimals, more for what is below one."""
    if 0 < abs(value) < 1:
        return _plain(value, max(2, digits))
    return _trimmed(f"{_to_decimals(value, digits):,f}")


def quantity(value: float, unit: str, digits: int = 2) -> str:
    """ "20,599.37 GB", "59,714.9 requests", "1 request"."""
    return f"{number(value, digits)} {plural(unit) if value != 1 else unit}"


def plural(unit: str) -> str:
    return unit if unit in _IRREGULAR or unit.endswith("s") else units.plural(unit)


def amount(value: float, dimension: Dimension, digits: int = 10, label: str = "") -> str:
    """An amount in base units as a person would say it, to `digits` significant digits: "5 KB", "300 s", "1,000/s", "25%"."""
    if label:
        return f"{exact(value, digits)} {plural(label) if value != 1 else label}"
    if dimension == MONEY:
        return f"${exact(value, digits)}"
    unit = best_unit(value, dimension)
    if unit is None:
        return exact(value, digits) + _compound(dimension)
    said = exact(value * unit.per / unit.scale, digits)
    name = unit.name[:-1] if said == "1" and unit.name in ("days", "minutes", "bytes") else unit.name
    return f"{said}{name}" if dimension == RATE else f"{said} {name}"


def _compound(dimension: Dimension) -> str:
    if dimension == COUNT:
        return ""
    names = zip(("byte", "ms", "$"), dimension, strict=True)
    return " " + "·".join(name if power == 1 else f"{name}^{power}" for name, power in names if power)


def exact(value: float, digits: int = 10) -> str:
    """`value` to so many significant digits, thousands separated, without trailing zeros or exponent."""
    return _trimmed(f"{_to_significant(value, digits):,f}") if value else "0"


def count_of(value: float, what: str) -> str:
    return f"{number(value, 0)} {what}{'' if value == 1 else 's'}"
