"""Rooms can be locked, and people asked to leave them."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('consultation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('locked', sa.Boolean(), server_default='0', nullable=False))
    with op.batch_alter_table('consultation_seat', schema=None) as batch_op:
        batch_op.add_column(sa.Column('removed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column('blocked', sa.Boolean(), server_default='0', nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('consultation_seat', schema=None) as batch_op:
        batch_op.drop_column('blocked')
        batch_op.drop_column('removed_at')
    with op.batch_alter_table('consultation', schema=None) as batch_op:
        batch_op.drop_column('locked')
