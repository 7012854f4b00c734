"""Every write around a consultation: load it locked, ask the engine, keep what it answers, tell, set the next alarm."""
