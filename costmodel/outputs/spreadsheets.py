"""What a spreadsheet would do to a text that it opens, and how to keep it from that."""

_FORMULA = ("=", "+", "-", "@")
_BEFORE_A_FORMULA = ("\t", "\r", "\n")


def as_text(value: object) -> object:
    """`value` so that a spreadsheet shows it: a text that it would take for a formula gets an apostrophe.

    What is no text, such as a negative number, stays as it is.
    """
    if isinstance(value, str) and (value.startswith(_BEFORE_A_FORMULA) or value.lstrip().startswith(_FORMULA)):
        return f"'{value}"
    return value
