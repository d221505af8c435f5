"""Measures how fast the site builds, reloads and grows, and how fast others are: `make bench`."""
