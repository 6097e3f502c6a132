"""Projects, files, recipes, releases, events and jobs."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _project() -> sa.Column:
    return sa.Column("project_id", sa.String(64), sa.ForeignKey("projects.id"), nullable=False)


def _text(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def upgrade() -> None:
    op.create_table(
        "projects",
        sa.Column("id", sa.String(64), primary_key=True),
        *_text("owner", "department", "name", "recipient", "purpose"),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("changed", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("recipe_version", sa.Integer(), nullable=True),
        sa.Column("deleted", MOMENT, nullable=True),
    )
    op.create_index("ix_projects_owner_department", "projects", ["owner", "department"])
    op.create_table(
        "files",
        sa.Column("id", KEY, primary_key=True),
        _project(), *_text("name"),
        sa.Column("stored_as", sa.String(32), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("secret", sa.Boolean(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.UniqueConstraint("project_id", "name"),
    )
    op.create_table(
        "recipes",
        sa.Column("id", KEY, primary_key=True),
        _project(),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("parent_version", sa.Integer(), nullable=True),
        sa.Column("next_version", sa.Integer(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        *_text("user"),
        sa.Column("created", MOMENT, nullable=False),
        sa.UniqueConstraint("project_id", "version"),
    )
    op.create_table(
        "releases",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("reference", sa.String(32), nullable=False, unique=True),
        _project(),
        sa.Column("recipe_version", sa.Integer(), nullable=True),
        *_text("digest_in", "digest_out"),
        sa.Column("figures", sa.JSON(), nullable=False),
        *_text("format", "user", "department"),
        sa.Column("created", MOMENT, nullable=False),
    )
    op.create_index("ix_releases_project_id", "releases", ["project_id"])
    op.create_table(
        "events",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        *_text("user", "department"),
        sa.Column("project_id", sa.String(64), nullable=True),
        *_text("what"),
        sa.Column("facts", sa.JSON(), nullable=False),
    )
    op.create_index("ix_events_project_id", "events", ["project_id"])
    op.create_table(
        "jobs",
        sa.Column("number", KEY, primary_key=True),
        sa.Column("id", sa.String(64), nullable=False, unique=True),
        _project(), *_text("user", "department", "kind"),
        sa.Column("arguments", sa.LargeBinary(), nullable=False),
        *_text("language"),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        *_text("doing"),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("started", MOMENT, nullable=True),
        sa.Column("finished", MOMENT, nullable=True),
        sa.Column("seen", MOMENT, nullable=False),
        sa.Column("pid", sa.Integer(), nullable=True),
        sa.Column("since", sa.Text(), nullable=True),
        *_text("machine", "folder"),
        sa.Column("problem", sa.JSON(), nullable=True),
        sa.Column("result", sa.LargeBinary(), nullable=True),
    )
    op.create_index("ix_jobs_project_id_kind", "jobs", ["project_id", "kind"])
    op.create_index("ix_jobs_state", "jobs", ["state"])
