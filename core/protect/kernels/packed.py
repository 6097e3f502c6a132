"""Keys of groups: which rows stand in one group at a combination of levels."""

# mypy: ignore-errors
# numba gives the types here; Python annotations would only repeat them wrongly.

from __future__ import annotations

from core.protect.kernels.compiled import compiled

BLOCK = 4096


@compiled
def packed(codes, digits, keys):
    """Add up into `keys` (rows,) int64 the digit of each code: codes (columns, rows), digits (columns, codes) int64.

    Block by block, so that the keys stay in the processor's cache from one column to the next.
    """
    for start in range(0, len(keys), BLOCK):
        end = min(start + BLOCK, len(keys))
        for c in range(len(codes)):
            for i in range(start, end):
                keys[i] += digits[c, codes[c, i]]
