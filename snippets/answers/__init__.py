"""Answers to the exercises, one file per page."""
