"""What leaves: encrypted Excel, CSV and Parquet, the codebook, the report."""

from core.release.opening import FORMATS, how_to_open

__all__ = ["FORMATS", "how_to_open"]
