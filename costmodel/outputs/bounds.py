"""What an input may be, in words: for cells of a workbook and fields of a page."""

from costmodel.inputs import Input
from costmodel.outputs.words import exact
from costmodel.units import COUNT, LARGEST


def is_open(given: Input) -> bool:
    """Whether nothing but absurdity bounds the number above."""
    return given.in_base_units(given.most) >= LARGEST.get(given.given.dimension, LARGEST[COUNT]) * (1 - 1e-9)


def allowed(given: Input) -> str:
    """ "1 to 128 MB", "above 0 h and below 24 h", "0 or more"."""
    unit = given.unit.name
    suffix = "" if unit.startswith("USD") else unit if unit[:1] in ("%", "/") else f" {unit}".rstrip()
    least, most = exact(given.least), exact(given.most)
    if is_open(given):
        return f"above {least}{suffix}" if given.above else f"{least}{suffix} or more"
    if given.above or given.below:
        return f"{'above' if given.above else 'from'} {least} {'and below' if given.below else 'to'} {most}{suffix}"
    return f"{least} to {most}{suffix}"
