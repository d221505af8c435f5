"""What was measured, once, by other programs than the build."""
