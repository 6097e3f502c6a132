"""Protection methods: one frozen class in one file each; this tuple is the gallery, in its order."""

from core.declare import Family
from core.protect.add_noise import AddNoise
from core.protect.band_number import BandNumber
from core.protect.calibrate_weights import CalibrateWeights
from core.protect.cap_together import CapTogether
from core.protect.drop_risky_rows import DropRiskyRows
from core.protect.follow import Follow
from core.protect.format_preserving import FormatPreserving
from core.protect.full_domain import FullDomain
from core.protect.generalise import Generalise
from core.protect.generalise_identifier import GeneraliseIdentifier
from core.protect.k_anonymity import KAnonymity
from core.protect.k_map import KMap
from core.protect.local_suppression import LocalSuppression
from core.protect.mask import Mask
from core.protect.method import Claim, Method, Run
from core.protect.microaggregate import Microaggregate
from core.protect.mondrian import Mondrian
from core.protect.order import RecordIds, ShuffleRows
from core.protect.pram import Pram
from core.protect.protect_at_risk import ProtectAtRisk
from core.protect.pseudonymise import Pseudonymise
from core.protect.rank_swap import RankSwap
from core.protect.redact import Redact
from core.protect.remove import Remove, SelectColumns
from core.protect.round_numbers import RoundNumbers
from core.protect.salted_hash import SaltedHash
from core.protect.select_rows import SelectRows
from core.protect.shift_dates import ShiftDates
from core.protect.shuffle_numbers import ShuffleNumbers
from core.protect.surrogate import Surrogate
from core.protect.surrogate_people import SurrogatePeople
from core.protect.swap_records import SwapRecords
from core.protect.swap_values import SwapValues
from core.protect.top_bottom import TopBottom

METHODS: Family[Method] = Family(
    "method",
    "protection method",
    (
        SelectColumns,
        SelectRows,
        Remove,
        Pseudonymise,
        Mask,
        Surrogate,
        SurrogatePeople,
        FormatPreserving,
        SaltedHash,
        GeneraliseIdentifier,
        ShiftDates,
        Redact,
        ProtectAtRisk,
        Generalise,
        KAnonymity,
        FullDomain,
        LocalSuppression,
        KMap,
        DropRiskyRows,
        Pram,
        BandNumber,
        Mondrian,
        TopBottom,
        CapTogether,
        Microaggregate,
        AddNoise,
        RankSwap,
        ShuffleNumbers,
        RoundNumbers,
        SwapValues,
        SwapRecords,
        Follow,
        CalibrateWeights,
        ShuffleRows,
        RecordIds,
    ),
)

__all__ = ["METHODS", "Claim", "Method", "Run"]
