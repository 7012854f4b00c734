"""A small group goes over."""

import sqlalchemy as sa
from alembic import op

revision = '0100'
down_revision = '0092'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('consultation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('moved_to_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f('fk_consultation_moved_to_id'), 'consultation', ['moved_to_id'], ['id'], ondelete='SET NULL'
        )


def downgrade() -> None:
    with op.batch_alter_table('consultation', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_consultation_moved_to_id'), type_='foreignkey')
        batch_op.drop_column('moved_to_id')
