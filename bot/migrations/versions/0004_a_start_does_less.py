"""A start does less: it knows a prepared database, and urgency is learnt with the head."""

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
    op.execute("DELETE FROM fitted_head")  # it is fitted anew where there is none
    op.add_column("fitted_head", sa.Column("urgency", sa.LargeBinary(), nullable=False))


def downgrade() -> None:
    op.drop_column("fitted_head", "urgency")
    op.drop_table("preparation")
