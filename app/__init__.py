"""Fortnight: the product. Rules, rows and pages; `realtime` and `workers` stand on it."""
