"""Alembic's folder: one file per change of the schema, in `versions`. Never edit one that was released."""
