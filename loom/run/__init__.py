"""Run each program and lab once, within bounds, and keep what it left behind."""
