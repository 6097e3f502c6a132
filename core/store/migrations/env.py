"""Run by Alembic: the connection comes from `core.store.database.upgrade`, transaction and lock included."""

from alembic import context

from core.store.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,  # true of SQLite too, once the driver leaves transactions to us
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
