"""Protection methods: one frozen class in one file each; this tuple is the gallery, in its order."""

from core.declare import Family
from core.protect.add_noise import AddNoise
from core.protect.mask import Mask
from core.protect.method import Claim, Method, Run
from core.protect.pram import Pram
from core.protect.pseudonymise import Pseudonymise
from core.protect.rank_swap import RankSwap
from core.protect.remove import Remove, SelectColumns
from core.protect.round_numbers import RoundNumbers
from core.protect.select_rows import SelectRows
from core.protect.shuffle_numbers import ShuffleNumbers
from core.protect.swap_records import SwapRecords
from core.protect.swap_values import SwapValues

METHODS: Family[Method] = Family(
    "method",
    "protection method",
    (
        SelectColumns,
        SelectRows,
        Remove,
        Pseudonymise,
        Mask,
        Pram,
        AddNoise,
        RankSwap,
        ShuffleNumbers,
        RoundNumbers,
        SwapValues,
        SwapRecords,
    ),
)

__all__ = ["METHODS", "Claim", "Method", "Run"]
