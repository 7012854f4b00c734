"""The written half: spaces, threads, posts, read marks, weaving summaries, search."""
