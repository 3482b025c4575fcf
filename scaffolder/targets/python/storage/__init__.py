"""Where resources are kept: their tables, the models of rows, the repositories."""
