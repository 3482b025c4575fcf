"""Everything the tool knows about Python as an output language: names, types, imports, views for the templates."""
