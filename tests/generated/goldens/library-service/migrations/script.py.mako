## Merged: yours to edit; scaffold updates what you did not touch. What `make revision` writes; alembic.ini has it formatted.
"""${message}"""

% if not upgrades or "op." not in upgrades or "sa." in upgrades + downgrades:
import sqlalchemy as sa
% endif
from alembic import op
% if imports:
${imports}
% endif

revision = "${up_revision}"
down_revision = ${repr(down_revision).replace("'", '"')}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
