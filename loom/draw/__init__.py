"""Draw the values of a run, and the boxes in which readers run a program."""
