"""Pictures and files."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = '0020'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('forum_attachment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('post_id', sa.Integer(), nullable=True),
    sa.Column('thread_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('alt', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('widths', sa.JSON(), nullable=False),
    sa.Column('added_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_forum_attachment_file_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_forum_attachment_person_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['post_id'], ['forum_post.id'], name=op.f('fk_forum_attachment_post_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['thread_id'], ['forum_thread.id'], name=op.f('fk_forum_attachment_thread_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_forum_attachment')),
    sa.UniqueConstraint('file_id', name=op.f('uq_forum_attachment_file_id'))
    )
    with op.batch_alter_table('forum_attachment', schema=None) as batch_op:
        batch_op.create_index('ix_attachment_waiting', ['thread_id', 'person_id', 'post_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_forum_attachment_post_id'), ['post_id'], unique=False)

    with op.batch_alter_table('forum_post', schema=None) as batch_op:
        batch_op.add_column(sa.Column('files', sa.Integer(), nullable=False, server_default='0'))



def downgrade() -> None:
    with op.batch_alter_table('forum_post', schema=None) as batch_op:
        batch_op.drop_column('files')

    with op.batch_alter_table('forum_attachment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_forum_attachment_post_id'))
        batch_op.drop_index('ix_attachment_waiting')

    op.drop_table('forum_attachment')
