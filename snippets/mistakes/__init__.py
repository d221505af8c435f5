"""One short program for each common mistake or question; each settles it by running."""
