"""Fill pages from records: Markdown extensions, which run nothing."""
