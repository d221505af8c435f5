"""The data of the pictures. These programs run the lessons that they draw."""
