"""One short program per question that readers ask; each settles it by running."""
