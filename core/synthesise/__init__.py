"""Synthesizers: one frozen class in one file each; this tuple is their table of contents, in the order offered."""

from core.declare import Family
from core.synthesise.aim import AIM
from core.synthesise.bayesian_network import BayesianNetwork
from core.synthesise.copula_gan import CopulaGAN
from core.synthesise.ctgan import CTGAN
from core.synthesise.gaussian_copula import GaussianCopula
from core.synthesise.independent_columns import IndependentColumns
from core.synthesise.mst import MST
from core.synthesise.private_columns import PrivateColumns
from core.synthesise.private_vae import PrivateVAE
from core.synthesise.sequential_trees import SequentialTrees
from core.synthesise.synthesizer import Synthesizer
from core.synthesise.tvae import TVAE

SYNTHESIZERS: Family[Synthesizer] = Family(
    "method",
    "synthesizer",
    (
        SequentialTrees, BayesianNetwork, GaussianCopula, TVAE, CTGAN, CopulaGAN, IndependentColumns,
        AIM, MST, PrivateVAE, PrivateColumns,
    ),
)

__all__ = ["SYNTHESIZERS", "Synthesizer"]
