"""Protection methods: one frozen class in one file each; this tuple is the gallery, in its order."""

from core.declare import Family
from core.protect.mask import Mask
from core.protect.method import Claim, Method, Run
from core.protect.pseudonymise import Pseudonymise
from core.protect.remove import Remove, SelectColumns
from core.protect.select_rows import SelectRows

METHODS: Family[Method] = Family(
    "method",
    "protection method",
    (
        SelectColumns,
        SelectRows,
        Remove,
        Pseudonymise,
        Mask,
    ),
)

__all__ = ["METHODS", "Claim", "Method", "Run"]
