"""The method engine and its rooms: one consultation, two speeds."""
