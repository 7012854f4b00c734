"""Exchanging seats."""

import sqlalchemy as sa
import sqlmodel
import sqlmodel.sql.sqltypes
from alembic import op

revision = '0080'
down_revision = '0072'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('timetable_swap',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('starts_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('other_id', sa.Integer(), nullable=False),
    sa.Column('other_case_id', sa.Integer(), nullable=False),
    sa.Column('other_starts_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('leads', sa.Boolean(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
    sa.Column('number', sa.Integer(), nullable=True),
    sa.Column('asked_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('ended_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['asked_by'], ['person.id'], name=op.f('fk_timetable_swap_asked_by'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['case_id'], ['timetable_case.id'], name=op.f('fk_timetable_swap_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_timetable_swap_event_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['other_case_id'], ['timetable_case.id'], name=op.f('fk_timetable_swap_other_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['other_id'], ['person.id'], name=op.f('fk_timetable_swap_other_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_timetable_swap')),
    sa.UniqueConstraint('key', name=op.f('uq_timetable_swap_key'))
    )
    with op.batch_alter_table('timetable_swap', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_timetable_swap_asked_by'), ['asked_by'], unique=False)
        batch_op.create_index(batch_op.f('ix_timetable_swap_event_id'), ['event_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_timetable_swap_other_id'), ['other_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('timetable_swap', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_timetable_swap_other_id'))
        batch_op.drop_index(batch_op.f('ix_timetable_swap_event_id'))
        batch_op.drop_index(batch_op.f('ix_timetable_swap_asked_by'))

    op.drop_table('timetable_swap')
