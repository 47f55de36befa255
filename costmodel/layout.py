"""Places the parts of a diagram: in layers along the flow, side by side within a layer, in an order that avoids crossings."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple


class Spot(NamedTuple):
    """A place: `layer` along the flow from 0; `across` it from 0, at least 1 from every other place of the layer."""

    layer: int
    across: float


class Wire(NamedTuple):
    name: str
    origin: str
    target: str


class Layout(NamedTuple):
    """Where parts stand, and for each wire the free places through which it passes the layers between its ends."""

    parts: dict[str, Spot]
    bends: dict[str, tuple[Spot, ...]]


Slot = tuple[str, int]  # a part or a wire by its name, and the layer it takes a place in


def laid_out(parts: Sequence[str], wires: Sequence[Wire]) -> Layout:
    """The first part on top, every part in the layer after the last of its origins; parts without wires in rows below.

    `parts` are in the order of the flow: origins before targets.
    """
    wired = {end for wire in wires for end in (wire.origin, wire.target)} | {parts[0]}
    layers = _layers([part for part in parts if part in wired], wires)
    origins: dict[Slot, list[Slot]] = {(part, layer): [] for part, layer in layers.items()}
    for wire in wires:
        between = range(layers[wire.origin] + 1, layers[wire.target])
        way = [(wire.origin, layers[wire.origin]), *((wire.name, n) for n in between), (wire.target, layers[wire.target])]
        for origin, slot in pairwise(way):
            origins.setdefault(slot, []).append(origin)
    across = _across(origins)
    spots = {part: Spot(layer, across[part, layer]) for part, layer in layers.items()}
    bends = {
        wire.name: tuple(Spot(n, across[wire.name, n]) for n in range(layers[wire.origin] + 1, layers[wire.target]))
        for wire in wires
    }
    return Layout(spots | _rows_below([part for part in parts if part not in wired], across), bends)


def _layers(parts: Sequence[str], wires: Sequence[Wire]) -> dict[str, int]:
    """The longest way to each part."""
    layers: dict[str, int] = {}
    for part in parts:
        layers[part] = max((layers[wire.origin] + 1 for wire in wires if wire.target == part), default=0)
    return layers


def _across(origins: dict[Slot, list[Slot]]) -> dict[Slot, float]:
    """Layer by layer, each slot below the mean of its origins, as far as its neighbours leave room."""
    across: dict[Slot, float] = {}
    for layer in range(1 + max(layer for _, layer in origins)):
        wished: dict[Slot, float] = {}
        for slot, above in origins.items():
            if slot[1] == layer:
                wished[slot] = sum(across[origin] for origin in above) / len(above) if above else float(len(wished))
        order = sorted(wished, key=wished.__getitem__)
        places: list[float] = []
        for slot in order:
            places.append(max(wished[slot], places[-1] + 1) if places else wished[slot])
        moved = (sum(places) - sum(wished.values())) / len(places)
        across |= {slot: place - moved for slot, place in zip(order, places, strict=True)}
    leftmost = min(across.values())
    return {slot: place - leftmost for slot, place in across.items()}


def _rows_below(parts: Sequence[str], across: dict[Slot, float]) -> dict[str, Spot]:
    below = 1 + max(layer for _, layer in across)
    breadth = max(2, 1 + int(max(across.values())))
    return {part: Spot(below + n // breadth, float(n % breadth)) for n, part in enumerate(parts)}
