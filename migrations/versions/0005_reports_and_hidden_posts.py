"""Reports and hidden posts."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op
from sqlalchemy import Text

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('forum_concern',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
    sa.Column('post_id', sa.Integer(), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('lang', sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('outcome', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('answer', sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
    sa.Column('settled_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('settled_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_forum_concern_event_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_forum_concern_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['post_id'], ['forum_post.id'], name=op.f('fk_forum_concern_post_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['settled_by'], ['person.id'], name=op.f('fk_forum_concern_settled_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_forum_concern')),
    sa.UniqueConstraint('key', name=op.f('uq_forum_concern_key'))
    )
    with op.batch_alter_table('forum_concern', schema=None) as batch_op:
        batch_op.create_index('ix_concern_of_post', ['post_id'], unique=False)
        batch_op.create_index('ix_concern_queue', ['event_id', 'outcome', 'at'], unique=False)
        batch_op.create_index(batch_op.f('ix_forum_concern_person_id'), ['person_id'], unique=False)

    with op.batch_alter_table('forum_post', schema=None) as batch_op:
        batch_op.add_column(sa.Column('hidden_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column('hidden_by', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('hidden_why', sqlmodel.sql.sqltypes.AutoString(length=600), nullable=False, server_default=''))
        batch_op.create_foreign_key(batch_op.f('fk_forum_post_hidden_by'), 'person', ['hidden_by'], ['id'], ondelete='SET NULL')


def downgrade() -> None:
    with op.batch_alter_table('forum_post', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_forum_post_hidden_by'), type_='foreignkey')
        batch_op.drop_column('hidden_why')
        batch_op.drop_column('hidden_by')
        batch_op.drop_column('hidden_at')

    with op.batch_alter_table('forum_concern', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_forum_concern_person_id'))
        batch_op.drop_index('ix_concern_queue')
        batch_op.drop_index('ix_concern_of_post')

    op.drop_table('forum_concern')
