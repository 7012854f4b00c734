"""Clocks that were told."""

import sqlalchemy as sa
import sqlmodel
import sqlmodel.sql.sqltypes
from alembic import op

revision = '0125'
down_revision = '0110'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('timetable_told', schema=None) as batch_op:
        batch_op.add_column(sa.Column('zone', sqlmodel.sql.sqltypes.AutoString(length=60), server_default='', nullable=False))
        batch_op.add_column(sa.Column('ahead', sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('timetable_told', schema=None) as batch_op:
        batch_op.drop_column('ahead')
        batch_op.drop_column('zone')
