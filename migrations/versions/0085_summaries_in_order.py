"""The index of a thread's summaries knows their order: no page looks through a whole thread for them."""

from alembic import op

revision = '0085'
down_revision = '0080'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index('ix_post_kind', table_name='forum_post')
    op.create_index('ix_post_kind', 'forum_post', ['thread_id', 'kind', 'position'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_post_kind', table_name='forum_post')
    op.create_index('ix_post_kind', 'forum_post', ['thread_id', 'kind'], unique=False)
