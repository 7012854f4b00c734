"""The demonstration event: invented people, real substance."""
