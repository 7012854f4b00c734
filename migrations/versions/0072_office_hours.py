"""Office hours."""

import sqlalchemy as sa
import sqlmodel
import sqlmodel.sql.sqltypes
from alembic import op

revision = '0072'
down_revision = '0070'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('timetable_clinic',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('host_id', sa.Integer(), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('place', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('starts_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('slots', sa.Integer(), nullable=False),
    sa.Column('most', sa.Integer(), nullable=False),
    sa.Column('opened_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('closed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_timetable_clinic_event_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['host_id'], ['person.id'], name=op.f('fk_timetable_clinic_host_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_timetable_clinic')),
    sa.UniqueConstraint('key', name=op.f('uq_timetable_clinic_key'))
    )
    with op.batch_alter_table('timetable_clinic', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_timetable_clinic_event_id'), ['event_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_timetable_clinic_host_id'), ['host_id'], unique=False)

    op.create_table('timetable_booking',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('clinic_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('starts_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('asked_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('ended_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['clinic_id'], ['timetable_clinic.id'], name=op.f('fk_timetable_booking_clinic_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_timetable_booking_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_timetable_booking')),
    sa.UniqueConstraint('key', name=op.f('uq_timetable_booking_key'))
    )
    with op.batch_alter_table('timetable_booking', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_timetable_booking_clinic_id'), ['clinic_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_timetable_booking_person_id'), ['person_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('timetable_booking', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_timetable_booking_person_id'))
        batch_op.drop_index(batch_op.f('ix_timetable_booking_clinic_id'))

    op.drop_table('timetable_booking')
    with op.batch_alter_table('timetable_clinic', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_timetable_clinic_host_id'))
        batch_op.drop_index(batch_op.f('ix_timetable_clinic_event_id'))

    op.drop_table('timetable_clinic')
