"""Who someone is: sign-in, profile, organisation."""
