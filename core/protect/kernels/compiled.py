"""How kernels are compiled: on first use, for the types they meet, kept on disk where a folder can be written."""

# mypy: ignore-errors
# numba gives the types here; Python annotations would only repeat them wrongly.

from __future__ import annotations

from numba import njit


def compiled(function):
    """The function in machine code. On a read-only installation it is compiled again in each process."""
    try:
        return njit(cache=True, nogil=True)(function)
    except RuntimeError:
        return njit(nogil=True)(function)
