"""What no feature owns and every feature uses."""
