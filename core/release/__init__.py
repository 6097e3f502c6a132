"""What leaves: encrypted Excel, CSV, Parquet, SPSS and Stata, the codebook, the report."""

from core.release.opening import FORMATS, PLAIN, called, how_to_open

__all__ = ["FORMATS", "PLAIN", "called", "how_to_open"]
