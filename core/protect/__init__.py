"""Protection methods: one frozen class in one file each; this tuple is the gallery, in its order."""

from core.declare import Family
from core.protect.free_text.redact import Redact
from core.protect.identifiers.format_preserving import FormatPreserving
from core.protect.identifiers.generalise_identifier import GeneraliseIdentifier
from core.protect.identifiers.mask import Mask
from core.protect.identifiers.pseudonymise import Pseudonymise
from core.protect.identifiers.salted_hash import SaltedHash
from core.protect.identifiers.shift_dates import ShiftDates
from core.protect.identifiers.surrogate import Surrogate
from core.protect.identifiers.surrogate_people import SurrogatePeople
from core.protect.method import Claim, Method, Run
from core.protect.perturbation.add_noise import AddNoise
from core.protect.perturbation.microaggregate import Microaggregate
from core.protect.perturbation.pram import Pram
from core.protect.perturbation.rank_swap import RankSwap
from core.protect.perturbation.round_numbers import RoundNumbers
from core.protect.perturbation.shuffle_numbers import ShuffleNumbers
from core.protect.perturbation.swap_records import SwapRecords
from core.protect.perturbation.swap_values import SwapValues
from core.protect.recoding.band_number import BandNumber
from core.protect.recoding.cap_together import CapTogether
from core.protect.recoding.full_domain import FullDomain
from core.protect.recoding.generalise import Generalise
from core.protect.recoding.k_anonymity import KAnonymity
from core.protect.recoding.k_map import KMap
from core.protect.recoding.mondrian import Mondrian
from core.protect.recoding.top_bottom import TopBottom
from core.protect.rows_and_columns.calibrate_weights import CalibrateWeights
from core.protect.rows_and_columns.follow import Follow
from core.protect.rows_and_columns.order import RecordIds, ShuffleRows
from core.protect.rows_and_columns.remove import Remove, SelectColumns
from core.protect.rows_and_columns.select_rows import SelectRows
from core.protect.suppression.drop_risky_rows import DropRiskyRows
from core.protect.suppression.local_suppression import LocalSuppression
from core.protect.suppression.protect_at_risk import ProtectAtRisk

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
