"""loom weaves programs into pages: their source, and what they printed when they ran.

`run` executes each program once and keeps a record, a plain file. `draw` turns recorded values into
pictures. `weave` fills pages from both and runs nothing. `website` makes the site with MkDocs. Each
package imports only those named before it, and the modules of this folder.
"""
