"""Three-way merges, by definition and by line. Pure: text in, text out; knows no language and no disk."""
