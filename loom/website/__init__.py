"""Make the site with MkDocs and Material; no other package of loom depends on this one."""
