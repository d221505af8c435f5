"""The glue with MkDocs and Material: nothing else depends on it."""
