"""Fill pages from records.

The Markdown extensions here run nothing; `course` has all records made before a page is rendered.
"""
