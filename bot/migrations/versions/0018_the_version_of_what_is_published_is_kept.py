"""The version of what is published is kept: to make it for every question takes milliseconds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "published_version",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_version")),
    )


def downgrade() -> None:
    op.drop_table("published_version")
