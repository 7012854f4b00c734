"""Messages to all rooms."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = '0051'
down_revision = '0050'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('room_message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('ends_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_room_message_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_room_message_event_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_room_message')),
    sa.UniqueConstraint('key', name=op.f('uq_room_message_key'))
    )
    with op.batch_alter_table('room_message', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_room_message_event_id'), ['event_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('room_message', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_room_message_event_id'))

    op.drop_table('room_message')
