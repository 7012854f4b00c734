"""The moderators cockpit."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op
from sqlalchemy import Text

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('forum_note',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('sent_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_forum_note_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_forum_note_event_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_forum_note_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_forum_note')),
    sa.UniqueConstraint('key', name=op.f('uq_forum_note_key'))
    )
    with op.batch_alter_table('forum_note', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_forum_note_person_id'), ['person_id'], unique=False)
        batch_op.create_index('ix_note_to', ['event_id', 'person_id', 'sent_at'], unique=False)

    with op.batch_alter_table('hearing', schema=None) as batch_op:
        batch_op.add_column(sa.Column('notes', sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    with op.batch_alter_table('hearing', schema=None) as batch_op:
        batch_op.drop_column('notes')

    with op.batch_alter_table('forum_note', schema=None) as batch_op:
        batch_op.drop_index('ix_note_to')
        batch_op.drop_index(batch_op.f('ix_forum_note_person_id'))

    op.drop_table('forum_note')
