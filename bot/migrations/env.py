"""Alembic's entry point: migrations run on the service's own engine, in one transaction."""

from __future__ import annotations

from alembic import context

from bot.db import engine
from bot.models import Base

with engine().connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata)
    with context.begin_transaction():
        context.run_migrations()
