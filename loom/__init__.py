"""loom weaves programs into pages: their source, and what they printed when they ran.

The way is one: `run` executes each program once and keeps a record, a plain file; `weave` fills
pages from records, with the pictures of `draw`; `website` makes the site with MkDocs. Each of them
imports only those named before it.
"""
