"""Files become rows of text cells: CSV of any dialect, XLSX, Parquet, JSON lines. Knows no columns' meaning."""

from pathlib import Path

from leadlight.intake.reading.lines import open_lines
from leadlight.intake.reading.sheets import open_parquet, open_workbook
from leadlight.intake.reading.table import MAX_CELL, BadRow, Row, TableFile, UnableToReadFile
from leadlight.intake.reading.text import open_text

__all__ = ["MAX_CELL", "BadRow", "Row", "TableFile", "UnableToReadFile", "open_table"]


def open_table(path: Path, *, name: str) -> TableFile:
    """
    Open a file of rows and columns, by what is in it; `name` is what the person calls the file.

    Raises:
        UnableToReadFile: there is no table in it that can be read from the first row to the last.
    """
    table = reopen_table(path, name=name)
    table.scan()
    return table


def reopen_table(path: Path, *, name: str) -> TableFile:
    """
    Open a file that `open_table` has read to its end before: its rows are not counted, and there is no sample.

    Raises:
        UnableToReadFile: it is not the file any more that it was.
    """
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as error:
        raise UnableToReadFile(f"{name} cannot be opened: {error.strerror}.") from error
    if not head:
        raise UnableToReadFile(f"{name} is empty. Export it again and choose the new file.")
    suffix = Path(name).suffix.lower()
    if head.startswith(b"PAR1"):
        return open_parquet(path, name)
    if suffix in {".parquet", ".pq"}:
        raise UnableToReadFile(f"{name} is called Parquet but is none. Export it again, or use CSV.")
    if head.startswith(b"PK\x03\x04"):
        return open_workbook(path, name, zipped=True)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return open_workbook(path, name, zipped=False)
    if suffix in {".xlsx", ".xlsm", ".xls"}:
        raise UnableToReadFile(f"{name} is called a workbook but is damaged. Open it in Excel and save it again.")
    if head.startswith((b"\x1f\x8b", b"BZh", b"7z\xbc\xaf", b"Rar!")):
        raise UnableToReadFile(f"{name} is compressed. Unpack it first and choose the file inside.")
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return open_lines(path, name)
    return open_text(path, name)
