"""Privacy budgets, allowances, charges and dashboards."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _budget() -> sa.Column:
    return sa.Column("budget_id", KEY, sa.ForeignKey("budgets.id"), nullable=False)


def _amounts(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def _text(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def upgrade() -> None:
    op.create_table(
        "budgets",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        *_text("name", "owner", "department"),
        sa.Column("ground", sa.JSON(), nullable=False),
        sa.Column("measure", sa.String(8), nullable=False),
        sa.Column("epsilon", sa.Float(), nullable=False),
        sa.Column("delta", sa.Float(), nullable=False),
        *_amounts("total", "spent", "lifetime", "delta_total", "delta_spent", "delta_lifetime"),
        sa.Column("renews", sa.String(8), nullable=False),
        sa.Column("period", sa.String(8), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.UniqueConstraint("owner", "department", "name"),
    )
    op.create_table(
        "allowances",
        sa.Column("id", KEY, primary_key=True),
        _budget(),
        sa.Column("whose", sa.String(16), nullable=False),
        *_text("who", "department"),
        *_amounts("total", "spent", "lifetime"),
        sa.UniqueConstraint("budget_id", "whose", "who", "department"),
    )
    op.create_table(
        "charges",
        sa.Column("id", KEY, primary_key=True),
        _budget(),
        sa.Column("at", MOMENT, nullable=False),
        *_text("user", "department"),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.Column("query_key", sa.String(64), nullable=False),
        sa.Column("epsilon", sa.Float(), nullable=False),
        *_amounts("price", "delta_price"),
        sa.Column("answer", sa.JSON(), nullable=True),
    )
    op.create_index("ix_charges_budget_id", "charges", ["budget_id"])
    op.create_index("ix_charges_query_key", "charges", ["query_key"])
    op.create_table(
        "dashboards",
        sa.Column("id", KEY, primary_key=True),
        _budget(),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("token_digest", sa.String(64), nullable=False, unique=True),
        *_text("user", "department"),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("revoked", MOMENT, nullable=True),
    )
    op.create_index("ix_dashboards_budget_id", "dashboards", ["budget_id"])
