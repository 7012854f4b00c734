"""What is a person's own here: that they answered. What they answered nobody knows, see models."""

from app.core.own import Own
from app.insight.models import PulseAnswered

owns = [Own("answered", PulseAnswered, "person_id", ("pulse_id",))]
