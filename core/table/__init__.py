"""Table: columns with kinds and roles; reading and writing files, behind a guard."""

from core.table.column import KINDS, MISSING, SUPPRESSED, Column, Kind
from core.table.table import ROLES, Role, Table

__all__ = ["KINDS", "MISSING", "ROLES", "SUPPRESSED", "Column", "Kind", "Role", "Table"]
