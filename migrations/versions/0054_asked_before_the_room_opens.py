"""Asked before the room opens."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = '0054'
down_revision = '0053'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('contribution', schema=None) as batch_op:
        batch_op.add_column(sa.Column('answer', sa.Text(), server_default='', nullable=False))
    with op.batch_alter_table('consultation_seat', schema=None) as batch_op:
        batch_op.add_column(sa.Column('promised_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('consultation_seat', schema=None) as batch_op:
        batch_op.drop_column('promised_at')
    with op.batch_alter_table('contribution', schema=None) as batch_op:
        batch_op.drop_column('answer')
