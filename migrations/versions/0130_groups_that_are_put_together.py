"""Groups that are put together."""

import sqlalchemy as sa
import sqlmodel
import sqlmodel.sql.sqltypes
from alembic import op


revision = '0130'
down_revision = '0125'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('timetable_grouping',
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('groups', sa.JSON(), nullable=False),
    sa.Column('held', sa.JSON(), nullable=False),
    sa.Column('apart', sa.JSON(), nullable=False),
    sa.Column('alike', sa.Boolean(), nullable=False),
    sa.Column('seed', sa.Integer(), nullable=False),
    sa.Column('edition', sa.Integer(), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('changed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('applied', sa.Integer(), nullable=False),
    sa.Column('applied_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_timetable_grouping_event_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('event_id', name=op.f('pk_timetable_grouping'))
    )
    with op.batch_alter_table('availability_sheet', schema=None) as batch_op:
        batch_op.add_column(sa.Column('gender', sqlmodel.sql.sqltypes.AutoString(length=10), server_default='', nullable=False))



def downgrade() -> None:
    with op.batch_alter_table('availability_sheet', schema=None) as batch_op:
        batch_op.drop_column('gender')

    op.drop_table('timetable_grouping')
