"""Create books."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "edb00d9d44c9"
down_revision = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "books",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("authors", JSON, nullable=False),
        sa.Column("binding", TEXT, nullable=False),
        sa.Column("page_count", sa.Integer(), nullable=False),
        sa.Column("labels", JSON, nullable=False),
        sa.Column("isbn", TEXT, nullable=True),
        sa.Column("create_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("update_time", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_books")),
        sa.CheckConstraint(
            sa.text("binding IN ('UNSPECIFIED', 'HARDCOVER', 'PAPERBACK')"), name=op.f("ck_books_binding")
        ),
    )


def downgrade() -> None:
    op.drop_table("books")
