"""Values within texts: marked where an explanation says them, so that the page can write them anew.

A value is `<i data-v="slot">` (`slot.period` for one of a period's) within an element that names the model, and is
written in the form that the model's `forms` say for the slot, or in its own, `data-f`.
"""

import re

from markupsafe import Markup, escape

from costmodel.outputs.prose import BEGINS, ENDS, is_said_as_given
from costmodel.outputs.words import plural
from costmodel.quantities import Quantity
from costmodel.units import COUNT, Dimension

_MARKED = re.compile(f"{BEGINS}([^{ENDS}]+){ENDS}([^{BEGINS}]*){BEGINS}/{ENDS}")
_ADDRESS = re.compile(rf"https://[^\s<>{BEGINS}{ENDS}]+")
# Forms, as words.js reads them: a letter for the kind, then what the kind needs.
AS_GIVEN = "g"


def form_of(quantity: Quantity) -> str:
    """How explanations say the quantity (prose.said): as its input is given, counted in a unit, or as an amount."""
    if quantity.dimension == COUNT and quantity.label:
        return counted(quantity.label)
    return AS_GIVEN if is_said_as_given(quantity) else amount(quantity.dimension)


def counted(unit: str) -> str:
    return f"c{unit}|{plural(unit)}"


def amount(dimension: Dimension) -> str:
    return f"a{','.join(map(str, dimension))}"


class Marker:
    """Marks values with their slots; `__call__` is a prose.Mark."""

    def __init__(self, slots: dict[Quantity, int]) -> None:
        self.slots = slots

    def __call__(self, quantity: Quantity, period: int | None, unit: str, text: str) -> str:
        if quantity not in self.slots:
            return text  # a number that no input changes
        place = str(self.slots[quantity]) if period is None else f"{self.slots[quantity]}.{period}"
        form = counted(unit) if unit else form_of(quantity)
        if quantity.given is not None and text == quantity.given.text:
            form = AS_GIVEN
        own = f";{form}" if form != form_of(quantity) else ""
        return f"{BEGINS}{place}{own}{ENDS}{text}{BEGINS}/{ENDS}"


def as_html(text: str) -> Markup:
    """A text with marked values as HTML, and its web addresses as links; all else in it is text."""
    safe = _ADDRESS.sub(r'<a href="\g<0>" rel="noreferrer">\g<0></a>', str(escape(text)))
    return Markup(_MARKED.sub(_element, safe))


def _element(match: re.Match[str]) -> str:
    place, _, form = match[1].partition(";")
    own = f' data-f="{form}"' if form else ""
    return f'<i data-v="{place}"{own}>{match[2]}</i>'


def forms_of(slots: dict[Quantity, int]) -> list[str]:
    """The form of each slot, in their order."""
    return [form_of(quantity) for quantity in slots]
