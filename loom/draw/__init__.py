"""Turn the values of a run into pictures, and programs into boxes in which readers run them."""
