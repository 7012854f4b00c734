"""The hands: run jobs that were written down, send letters, keep the rhythm."""
