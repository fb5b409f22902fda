"""A start knows whether the database is prepared."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "preparation",
        sa.Column("inputs", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("inputs", name=op.f("pk_preparation")),
    )


def downgrade() -> None:
    op.drop_table("preparation")
