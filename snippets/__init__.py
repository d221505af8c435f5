"""The programs that the pages of the course show, one runnable file per idea."""
