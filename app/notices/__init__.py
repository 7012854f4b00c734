"""What a person should hear about: notices, levels, letters, the digest of the morning."""
