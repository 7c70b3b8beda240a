"""How a file's columns and cells are understood. Pure: no storage, no files."""
