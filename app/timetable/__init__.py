"""Windows, availability, plan, slots, reminders."""
