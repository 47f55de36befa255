"""How the cells of a workbook look."""

from typing import Any

_INK, _PAPER, _BAND, _LINE = "#1F3864", "#FFFBE6", "#E8EDF5", "#B4BFD1"
MONEY, MONEY_4 = '[=0]"-";[<0]-$#,##0.00;$#,##0.00', "$#,##0.0000"
PRICE = "$#,##0.00########"
COUNTED = '[=0]"-";[>=1000000]#,##0;#,##0.00'  # on the bill, where much is not used at all
USED = "[>=2]#,##0%;[>=0.01]0.0%;0.0##%"  # the share of a limit
USED_THEN = '[>=1E+50]"-";0.0##%'  # that of a period; a dash where nothing bears the load
BORNE = "[<1]0.0###;[>=100]#,##0;0.0#"  # loads and limits, at a glance
AMOUNT = "[<1]0.00######;[>=1000000]#,##0;#,##0.00"

_STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16, "font_color": _INK},
    "subtitle": {"font_color": "#595959"},
    "section": {"bold": True, "font_size": 12, "font_color": _INK, "bottom": 2, "bottom_color": _INK},
    "band": {"bold": True, "font_color": "#FFFFFF", "bg_color": _INK, "align": "center_across", "valign": "vcenter"},
    "head": {"bold": True, "font_color": _INK, "bg_color": _BAND, "bottom": 1, "bottom_color": _LINE, "valign": "vcenter"},
    "head_right": {"align": "right", "text_wrap": True},
    "head_in": {"align": "left", "indent": 1},
    "group": {"bold": True, "bg_color": _BAND},
    "text": {"valign": "top"},
    "wrapped": {"text_wrap": True, "valign": "top"},
    "faint": {"font_color": "#595959", "align": "left", "valign": "top", "indent": 1},
    "faint_wrapped": {"font_color": "#595959", "text_wrap": True, "align": "left", "valign": "top", "indent": 1},
    "indented": {"align": "left", "indent": 1, "valign": "top"},
    "number": {"valign": "top", "shrink": True},
    "share": {"align": "right", "valign": "top"},
    "gap": {},
    "breaks": {"font_color": "#9C0006", "bg_color": "#FFC7CE"},
    "tight": {"font_color": "#7F6000", "bg_color": "#FFEB9C"},
    "holds": {"font_color": "#376A2E"},
    "bold": {"bold": True, "valign": "top"},
    "total": {"bold": True, "top": 1, "top_color": _INK},
    "empty": {"bg_color": "#F8CBAD"},
    "input": {
        "font_color": "#0000FF",
        "bg_color": _PAPER,
        "border": 1,
        "border_color": _LINE,
        "locked": False,
        "valign": "top",
        "align": "right",
    },
}
_ALSO = {"head_right": "head", "head_in": "head"}  # a style that begins as another


class Formats:
    """The formats of one workbook, each made when it is first asked for."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._made: dict[tuple[str, str], Any] = {}

    def __call__(self, style: str, number: str = "") -> Any:
        """A style, for cells with numbers with their number format."""
        if (style, number) not in self._made:
            look = {**_STYLES.get(_ALSO.get(style, ""), {}), **_STYLES[style]}
            self._made[style, number] = self._workbook.add_format(look | ({"num_format": number} if number else {}))
        return self._made[style, number]


def decimals(number: float, most: int = 6) -> int:
    """How many decimals it takes to show a number as it was given, up to `most`."""
    text = f"{number:.{most}f}".rstrip("0")
    return len(text.partition(".")[2])


def of_input(number: float, percent: bool) -> str:
    """The number format of an input: as it was given, and whatever is typed instead."""
    if percent:
        return f"0.{'0' * max(2, decimals(number, 4))}%"
    places = decimals(number)
    return f"[<1000]General;#,##0{'.' + '0' * places if places else ''}"
