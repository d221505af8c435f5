"""The data of the charts. These programs run the lessons that they draw."""
