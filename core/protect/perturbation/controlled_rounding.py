"""Controlled rounding of a two-way table: every cell and every total goes to one of its two neighbouring integers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

TOO_MANY = 20_000
"""Cells of a table that is still rounded in reasonable time."""

TINY = 1e-9


def rounded_table(sums: Floats, rng: np.random.Generator) -> Ints:
    """(rows, columns) whole numbers: each cell, row total, column total and the grand total rounded up or down.

    Whole numbers stay (zero-restricted), and the expectation of every cell and total is what it was.

    Cox (1987), doi:10.1080/01621459.1987.10478456: with a last row and column of what is missing to whole totals, the
    cells that are no whole numbers form cycles (a row or column with one has another). Along a cycle, cells go up and
    down in turn by the same amount until one is whole; which way is drawn so that nothing changes in expectation.
    """
    table = np.zeros((sums.shape[0] + 1, sums.shape[1] + 1))
    table[:-1, :-1] = sums - np.floor(sums + TINY)
    table[:-1, -1] = np.ceil(table[:-1, :-1].sum(axis=1) - TINY) - table[:-1, :-1].sum(axis=1)
    table[-1, :] = np.ceil(table[:-1].sum(axis=0) - TINY) - table[:-1].sum(axis=0)
    open_cells: list[dict[int, None]] = [{} for _ in range(sum(table.shape))]
    for i, j in np.argwhere(_broken(table)).tolist():
        open_cells[i][table.shape[0] + j] = None
        open_cells[table.shape[0] + j][i] = None
    for start in range(table.shape[0]):
        while open_cells[start]:
            _round_cycle(table, _cycle(open_cells, start), open_cells, rng)
    return np.asarray(np.floor(sums + TINY) + np.rint(table[:-1, :-1]), np.int64)


def _broken(x: Floats) -> npt.NDArray[np.bool_]:
    return np.asarray(np.abs(x - np.rint(x)) > TINY)


def _cycle(open_cells: list[dict[int, None]], start: int) -> list[int]:
    """Lines (rows, then columns counted on) of a cycle of open cells; each line but the first comes once."""
    path, place = [start], {start: 0}
    before = -1
    while True:
        here = path[-1]
        after = next(line for line in open_cells[here] if line != before)
        if after in place:
            return path[place[after]:]
        place[after] = len(path)
        path.append(after)
        before = here


def _round_cycle(table: Floats, lines: list[int], open_cells: list[dict[int, None]], rng: np.random.Generator) -> None:
    rows = table.shape[0]
    around = list(zip(lines, [*lines[1:], lines[0]], strict=True))
    cells = [(a, b - rows) if a < rows else (b, a - rows) for a, b in around]
    sign = np.where(np.arange(len(cells)) % 2 == 0, 1.0, -1.0)
    at = tuple(np.array(cells).T)
    values = table[at]
    # The farthest both ways before a cell leaves the unit interval.
    up = np.where(sign > 0, 1 - values, values).min()
    down = np.where(sign > 0, values, 1 - values).min()
    step = up if rng.random() < down / (up + down) else -down
    table[at] = values + sign * step
    for (a, b), (i, j) in zip(around, cells, strict=True):
        if not _broken(table[i, j]):
            del open_cells[a][b], open_cells[b][a]
