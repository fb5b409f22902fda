"""Officers send files, which Twilio fetches from us; the stand-in keeps what it fetched."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("media_file", sa.Column("name", sa.String(), nullable=True))
    op.add_column("media_file", sa.Column("token", sa.String(), nullable=True))
    op.add_column(
        "media_file", sa.Column("public_until", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_unique_constraint(op.f("uq_media_file_token"), "media_file", ["token"])
    op.create_table(
        "simulator_media",
        sa.Column("sid", sa.String(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["simulator_message.id"],
            name=op.f("fk_simulator_media_message_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sid", name=op.f("pk_simulator_media")),
    )
    op.create_index("ix_simulator_media_message", "simulator_media", ["message_id"])


def downgrade() -> None:
    op.drop_table("simulator_media")
    op.drop_constraint(op.f("uq_media_file_token"), "media_file")
    for name in ("public_until", "token", "name"):
        op.drop_column("media_file", name)
