"""How text from outside is written into a CSV that people open in a spreadsheet. Pure."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: one that begins like a formula gets a leading '."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
