"""Scrambled Sobol points, each by its number: any block of them is made without those before it.

A point is the sum, bit by bit without carry, of a direction for each bit of its number's Gray code. So the points of a block are
those of the first one, each shifted in the same way. The first block and the directions are SciPy's.
"""

from functools import lru_cache
from typing import Any

BITS = 32
MOST = 2**BITS  # points of one scramble
BLOCK = 2**16  # a power of two


class Sobol:
    """Points of so many dimensions, numbered from 0 up to below `most`. Another seed is another scramble."""

    def __init__(self, dimensions: int, seed: tuple[int, ...], most: int) -> None:
        import numpy as np
        from scipy.stats import qmc

        self.block = min(BLOCK, 2 ** max(most - 1, 1).bit_length())
        engine = qmc.Sobol(dimensions, scramble=True, bits=BITS, rng=np.random.default_rng(seed))
        self._first = _whole(engine.random(self.block))
        self._directions = [self._first[:, 2**bit - 1] ^ self._first[:, 0] for bit in range(1, self.block.bit_length())]
        for bit in range(self.block.bit_length(), max(most - 1, 1).bit_length() + 1):
            engine.fast_forward(2**bit - 1 - engine.num_generated)
            self._directions.append(_whole(engine.random(1))[:, 0] ^ self._first[:, 0])

    def shares(self, start: int, count: int) -> Any:
        """Numbers between 0 and 1, of shape (dimensions, count), of points that lie within one block."""
        block, at = divmod(start, self.block)
        shift = self._shift(block * self.block)
        return ((self._first[:, at : at + count] ^ shift) + 0.5) * 2.0**-BITS

    def _shift(self, start: int) -> Any:
        """By what the block from `start` on differs from the first one."""
        import numpy as np

        shift = np.zeros((len(self._first), 1), dtype=np.uint32)
        gray = start ^ (start >> 1)
        for bit, direction in enumerate(self._directions):
            if gray >> bit & 1:
                shift[:, 0] ^= direction
        return shift


def _whole(points: Any) -> Any:
    """Points as rows of whole numbers, one row for each dimension."""
    import numpy as np

    return np.ascontiguousarray((points * 2.0**BITS).astype(np.uint32).T)


@lru_cache(maxsize=16)
def sobol(dimensions: int, seed: tuple[int, ...], most: int) -> Sobol:
    """The same, made once: it goes to no other process."""
    return Sobol(dimensions, seed, most)
