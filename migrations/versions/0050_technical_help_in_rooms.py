"""Technical help in rooms."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = '0050'
down_revision = '0040'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('consultation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('help_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column('help_no', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('helper_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f('fk_consultation_helper_id'), 'person', ['helper_id'], ['id'], ondelete='SET NULL'
        )


def downgrade() -> None:
    with op.batch_alter_table('consultation', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_consultation_helper_id'), type_='foreignkey')
        batch_op.drop_column('helper_id')
        batch_op.drop_column('help_no')
        batch_op.drop_column('help_at')
