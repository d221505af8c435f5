"""Run programs and notebooks once each, within bounds; keep a record of what they left behind."""
