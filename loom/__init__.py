"""loom weaves snippets into pages: their source, and what they printed when they ran."""
