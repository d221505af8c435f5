"""Train lesson 5's network 24 times with Adam: three widths, eight learning rates."""

from snippets.charts.explorer import explore

if __name__ == "__main__":
    explorer = explore("Adam")
