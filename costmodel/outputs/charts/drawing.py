"""What all charts share: sheets, themes, text that fits, and drawings as PNG, SVG and PDF, the same bytes every time.

Lengths are in points, heights from the bottom, so that letters keep their size whatever is drawn: a sheet is as high as
its content asks for, and as wide as a column of a page.
"""

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from costmodel.outputs.words import exact, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 460.0
MARGIN = 10.0
INCH = 72.0
DOTS_PER_INCH = 200
MOST_DOTS = 60_000  # that a PNG is high; matplotlib draws up to 2^16
TITLE, HEAD, TEXT, SMALL = 12.0, 10.0, 9.0, 8.0  # sizes of letters
FAINT = 0.25  # of grids and frames

# Paul Tol's "bright" scheme, told apart by colour-blind readers; by position of the service, always in this order.
PALETTE = ("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#bbbbbb")


class Theme(NamedTuple):
    """Colours of letters and lines, and of what is behind them."""

    ink: str
    paper: str


LIGHT = Theme("#1a1a1a", "#ffffff")
DARK = Theme("#e6e6e6", "#16181d")
PAGE = Theme("#010203", "#040506")  # placeholders: inline() puts the page's own colours in their place


class Drawing(NamedTuple):
    """A figure and its text alternative: a short title and what there is to see."""

    figure: "Figure"
    theme: Theme
    title: str
    description: str


def colour(position: int) -> str:
    return PALETTE[position % len(PALETTE)]


@contextmanager
def styled(theme: Theme) -> Iterator[None]:
    """Within it, figures are made and saved in the theme, whatever matplotlib is set to otherwise."""
    import matplotlib

    style: Any = {
        "font.family": "sans-serif",
        "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib
        "font.size": TEXT,
        "text.parse_math": False,  # a dollar is a dollar
        "svg.fonttype": "none",  # text stays text
        "svg.hashsalt": "costmodel",
        "pdf.fonttype": 42,
        "figure.facecolor": theme.paper,
        "axes.facecolor": "none",
        "text.color": theme.ink,
        "axes.labelsize": TEXT,
        "grid.color": theme.ink,
        "grid.alpha": FAINT,
        "grid.linewidth": 0.5,
        "xtick.labelsize": SMALL,
        "ytick.labelsize": SMALL,
    }
    style |= dict.fromkeys(["axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color"], theme.ink)
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # a title may be in any script; SVG leaves it to the reader
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(style)
        yield


def width_of(text: str, size: float, bold: bool = False) -> float:
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(size=size, weight="bold" if bold else "normal")
    width: float = text_to_path.get_text_width_height_descent(text, font, ismath=False)[0]
    return width


def wrapped(text: str, width: float, size: float, bold: bool = False) -> list[str]:
    """The text in lines no wider than `width`, broken at blanks and after underscores, within a word if it must be."""
    lines = [""]
    for part in re.findall(r"\s*[^\s_]*_*", text):
        if lines[-1] and width_of(lines[-1] + part, size, bold) > width:
            lines.append("")
            part = part.lstrip()
        for letter in part:
            if lines[-1] and width_of(lines[-1] + letter, size, bold) > width:
                lines.append("")
            lines[-1] += letter
    return lines


def shortened(text: str, width: float, size: float, bold: bool = False) -> str:
    """The text in one line no wider than `width`, with an ellipsis for what does not fit."""
    while text and width_of(text, size, bold) > width:
        text = text[:-2].rstrip() + "…"
    return text


def line_height(size: float) -> float:
    return size * 1.3


def sheet(title: str, note: str, height: float, width: float = WIDTH) -> "Figure":
    """An empty figure with room of `height` below its title and a smaller line that says what it shows, where there are any."""
    from matplotlib.figure import Figure

    across = width - 2 * MARGIN
    lines = [(line, TITLE, "bold") for line in wrapped(title, across, TITLE, bold=True)]
    lines += [(line, TEXT, "normal") for line in wrapped(note, across, TEXT)]
    lines = [line for line in lines if line[0]]
    full = height + 2 * MARGIN + sum(line_height(size) for _, size, _ in lines)
    figure = Figure(figsize=(width / INCH, full / INCH))
    at = full - MARGIN
    for line, size, weight in lines:
        figure.text(MARGIN / width, at / full, line, size=size, weight=weight, va="top")
        at -= line_height(size)
    return figure


def panel(figure: "Figure", left: float, bottom: float, width: float, height: float) -> "Axes":
    """Axes in a place of the sheet, with its lower and left lines only."""
    across, up = (inches * INCH for inches in figure.get_size_inches())
    axes = figure.add_axes((left / across, bottom / up, width / across, height / up))
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(length=3)
    axes.set_axisbelow(True)
    return axes


def ticks(axis: Any, sign: str = "", most: int = 5, whole: bool = False) -> None:
    """A few round numbers on an axis, thousands separated, each after `sign`; `whole` ones only."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 2.5, 5, 10], integer=whole))
    axis.set_major_formatter(FuncFormatter(lambda value, _: sign + _round(value, bool(sign))))


def _round(value: float, money: bool) -> str:
    """ "2.5", as money "2.50"; "1.5 million"."""
    for size, word in ((1e15, "quadrillion"), (1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if value >= size:
            return f"{exact(value / size)} {word}"
    said = exact(value)
    return f"{said}0" if money and said[-2:-1] == "." else said


def on_paper(theme: Theme) -> Any:
    """The box of a text that stands on lines, so that it is read, not crossed."""
    return {"boxstyle": "square,pad=0.15", "facecolor": theme.paper, "edgecolor": "none"}


def per_second(rate: float) -> str:
    """ "1,667/s", "48.92/s", "0.0012/s"."""
    return f"{number(rate, 0 if rate >= 100 else 2)}/s"


def dollars(currency: str) -> str:
    return "US dollars a month" if currency == "USD" else f"{currency} a month"


def save(drawing: Drawing, form: str) -> bytes:
    """The drawing in one of ENDINGS. The same drawing gives the same bytes: no dates, no versions, no random ids."""
    if form == "svg":
        return _titled(_svg(drawing), drawing, "").encode("utf-8")
    file = io.BytesIO()
    with styled(drawing.theme):
        if form == "pdf":
            metadata = {"Title": drawing.title, "Subject": drawing.description}
            fixed = {"Creator": "costmodel", "Producer": None, "CreationDate": None}
            drawing.figure.savefig(file, format="pdf", metadata={**metadata, **fixed})
        else:
            dots = min(DOTS_PER_INCH, MOST_DOTS / max(drawing.figure.get_size_inches()))
            metadata = {"Title": drawing.title, "Description": drawing.description}
            drawing.figure.savefig(file, format="png", dpi=dots, metadata={**metadata, "Software": None})
    return file.getvalue()


def inline(drawing: Drawing, prefix: str) -> str:
    """An svg element for a page, from a drawing in the theme PAGE; `prefix` makes its ids unique in the page.

    Coordinates are to a hundredth of a point, for a page is read on a screen. It is as wide as its place, transparent, and
    has the colour of the text around it (currentColor). Letters across lines stand on the colour --paper of the page's
    style sheet, or on what the browser has behind text.
    """
    svg = _titled(_svg(drawing), drawing, f"{prefix}-")
    svg = svg[svg.index("<svg") :].replace(PAGE.ink, "currentColor").replace(PAGE.paper, "var(--paper, Canvas)")
    head, _, body = svg.partition(">")
    head = re.sub(r' (width|height|version|xmlns)="[^"]*"', "", head)
    body = re.sub(r' (?:d|x|y|transform)="[^"]*"', lambda match: re.sub(r"(\.\d\d)\d+", r"\1", match[0]), body)
    body = re.sub(r">\s+<", "><", body)
    return f"{head}>{body}".strip()


def _svg(drawing: Drawing) -> str:
    file = io.BytesIO()
    nothing = dict.fromkeys(["Date", "Creator", "Format", "Type"])
    with styled(drawing.theme):
        drawing.figure.savefig(file, format="svg", transparent=drawing.theme == PAGE, metadata=nothing)
    return file.getvalue().decode("utf-8")


def _titled(svg: str, drawing: Drawing, prefix: str) -> str:
    """With the text alternative, all ids after the prefix, and no style sheet, which would be the whole page's."""
    svg = re.sub(r"<!--.*?-->\n?", "", svg, flags=re.DOTALL)
    svg = re.sub(r' <defs>\n  <style type="text/css">.*?</style>\n </defs>\n', "", svg, flags=re.DOTALL)
    svg = re.sub(r'\b(id="|xlink:href="#|clip-path="url\(#)', rf"\1{prefix}", svg)
    named = f'role="img" aria-labelledby="{prefix}title {prefix}desc" style="stroke-linejoin: round; stroke-linecap: butt"'
    title = f'<title id="{prefix}title">{escape(drawing.title)}</title>'
    description = f'<desc id="{prefix}desc">{escape(drawing.description)}</desc>'
    return re.sub(r"<svg ([^>]*)>", lambda match: f"<svg {named} {match[1]}>\n {title}\n {description}", svg, count=1)
