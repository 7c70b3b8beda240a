"""How leads and their history come in: files, mapping, normalising, undo."""
