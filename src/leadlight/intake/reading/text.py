"""Text files as tables: encoding, separator, quotes, and rows that do not fit."""

import codecs
import csv
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

import charset_normalizer

from leadlight.intake.reading.table import MAX_CELL, BadRow, Row, TableFile, UnableToReadFile, check_header, unique

_MAX_LINE = 16 * MAX_CELL
#: How many lines may be read again because of quotes that never close; beyond that the file has no structure.
_MAX_REREAD = 2_000_000
_SAMPLE_BYTES = 262_144
_DELIMITERS = (",", ";", "\t", "|")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(1 << 20):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _first_bytes_beyond_ascii(path: Path) -> bytes:
    """Return a sample from around the first byte that is not ASCII: what says which encoding it is."""
    with path.open("rb") as file:
        offset = 0
        while chunk := file.read(1 << 20):
            if not chunk.isascii():
                place = next(i for i, byte in enumerate(chunk) if byte > 127)
                file.seek(max(0, offset + place - 1024))
                return file.read(_SAMPLE_BYTES)
            offset += len(chunk)
    return b""


def _encoding(path: Path, name: str) -> str:
    with path.open("rb") as file:
        head = file.read(_SAMPLE_BYTES)
    for bom, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(bom):
            if not _decodes(path, encoding):
                raise UnableToReadFile(
                    f"{name} is damaged: it is not the {encoding} text that it says. Export it again."
                )
            return encoding
    if b"\0" in head:
        even, odd = head[::2].count(0), head[1::2].count(0)
        half = len(head) // 2
        for encoding, many, few in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
            if many > half * 0.6 and few < half * 0.1 and _decodes(path, encoding):
                return encoding
        raise UnableToReadFile(f"{name} is not a text file (it holds NUL bytes). Export it again as CSV or XLSX.")
    if _decodes(path, "utf-8"):
        return "utf-8"
    return _legacy_encoding(_first_bytes_beyond_ascii(path))


def _legacy_encoding(sample: bytes) -> str:
    """
    Guess the encoding of text that is not UTF-8.

    A file whose letters are nearly all Latin with a few accents is Windows-1252 in our field, and guessers err on
    so few bytes; only dense foreign text is left to the guesser.
    """
    beyond = sum(byte > 127 for byte in sample)
    letters = sum(65 <= byte <= 90 or 97 <= byte <= 122 for byte in sample)
    if beyond > letters:
        best = charset_normalizer.from_bytes(
            sample,
            cp_isolation=["cp1251", "koi8_r", "shift_jis", "gb18030", "big5", "euc_kr", "cp1253", "cp1255", "cp1256"],
        ).best()
        if best is not None:
            return str(best.encoding)
    # Five bytes have no meaning in Windows-1252; where they occur it is Latin-1.
    return "latin-1" if any(byte in b"\x81\x8d\x8f\x90\x9d" for byte in sample) else "cp1252"


class _Lines:
    """The lines of a file, remembering those of the record in hand, so that they can be read again."""

    def __init__(self, file: TextIO, name: str) -> None:
        self.taken: list[str] = []
        self._file = file
        self._name = name
        self._again: deque[str] = deque()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._file.readline(_MAX_LINE)
        if not line:
            raise StopIteration
        if len(line) >= _MAX_LINE:
            raise UnableToReadFile(f"{self._name} has a line of more than {_MAX_LINE:,} characters: it is no table.")
        if "\0" in line:
            raise UnableToReadFile(f"{self._name} is damaged: it holds NUL bytes. Export it again.")
        self.taken.append(line)
        return line

    def give_back(self, lines: Sequence[str]) -> None:
        self._again.extendleft(reversed(lines))


def _cells_of(line: str, delimiter: str, *, strict: bool = True) -> list[str] | None:
    """Return the cells of a line that is a whole record by itself; None when it is not."""
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=strict), [])
    except csv.Error:
        return None


def _text_records(
    file: TextIO, delimiter: str, name: str, width: int | None
) -> Iterator[tuple[int, list[str] | None, str]]:
    """
    Yield line, cells and what is wrong ("" when nothing) of each record; blank lines are skipped.

    A quote that opens and never closes would swallow the rows after it: when the next line is a good row by itself,
    only the line with the quote is bad, and reading goes on behind it. `width` is the number of columns, None
    while the header is read.
    """
    lines = _Lines(file, name)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line, reread = 1, 0
    while True:
        lines.taken.clear()
        wrong = ""
        cells: list[str] | None
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            cells, wrong = None, str(error)
        taken = lines.taken
        n_taken = len(taken)
        if cells is not None and (width is None or len(cells) == width or n_taken == 1):
            if cells:
                yield line, cells, ""
        elif n_taken > 1 and _stands_alone(taken[1], delimiter, width):
            reread += n_taken - 1
            if reread > _MAX_REREAD:
                raise UnableToReadFile(f"The quotes in {name} do not match from line {line} on. Export it again.")
            lines.give_back(taken[1:])
            yield line, [taken[0].rstrip("\r\n")], "a quote is opened and never closed"
            n_taken = 1
        elif "field larger" in wrong:
            raise UnableToReadFile(
                f"{name} has a cell of more than {MAX_CELL:,} characters near line {line}: it is no table."
            )
        elif "unexpected end" in wrong:
            raise UnableToReadFile(
                f"{name} is cut off: it ends inside a quoted cell that starts near line {line}. Export it again."
            )
        elif cells is not None:
            yield line, cells, ""
        else:
            loose: list[str] | None = _cells_of(taken[0], delimiter, strict=False) if n_taken == 1 else None
            if loose is not None and (width is None or len(loose) == width):
                yield line, loose, ""
            else:
                yield line, ["".join(taken).rstrip("\r\n")], "a quote stands in the wrong place"
        line += n_taken


def _stands_alone(line: str, delimiter: str, width: int | None) -> bool:
    cells = _cells_of(line, delimiter)
    return width is not None and width > 1 and cells is not None and len(cells) == width


def _delimiter(head: str, name: str) -> str:
    """Return the sign between cells: the one by which most rows have the same number of cells."""
    first, _, _ = head.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        return first.strip()[4]
    best, best_score = "", 0.0
    for sign in _DELIMITERS:
        # Without `strict`, a stray quote in the sample does not hide how regular the rest is.
        rows = [row for row in csv.reader(head.splitlines(keepends=True), delimiter=sign) if row][:400]
        if len(rows) < 1 or len(rows[0]) < 2:
            continue
        body = rows[1:] or rows
        same = sum(len(row) == len(rows[0]) for row in body) / len(body)
        score = same + min(len(rows[0]), 50) / 1000
        # One comma in half of the lines is what a letter has; two columns must be there nearly always.
        if same >= (0.5 if len(rows[0]) > 2 else 0.7) and score > best_score:
            best, best_score = sign, score
    if best:
        return best
    lines = [line.strip() for line in head.splitlines() if line.strip()]
    addresses = sum("@" in line and " " not in line for line in lines[1:])
    if len(lines) > 1 and addresses * 2 > len(lines) - 1:
        return ","
    raise UnableToReadFile(
        f"No sign separates the columns of {name} the same way in every row (comma, semicolon, tab or |). "
        "Export it as CSV or XLSX."
    )


def open_text(path: Path, name: str) -> TableFile:
    """Open text of any usual encoding and separator."""
    encoding = _encoding(path, name)
    csv.field_size_limit(MAX_CELL)

    def opened() -> TextIO:
        return path.open(encoding=encoding, errors="strict" if encoding.startswith("utf") else "replace", newline="")

    with opened() as file:
        head = file.read(_SAMPLE_BYTES)
        cut = len(head) == _SAMPLE_BYTES
    if "\0" in head:
        raise UnableToReadFile(f"{name} is not a text file (it holds NUL bytes). Export it again as CSV or XLSX.")
    if not head.strip():
        raise UnableToReadFile(f"{name} is empty. Export it again and choose the new file.")
    if _is_binary(head):
        raise UnableToReadFile(f"{name} is not a text file. Export it as CSV or XLSX.")
    # The last line of a cut sample is half a row.
    whole = head[: head.rfind("\n") + 1] if cut and "\n" in head else head
    delimiter = _delimiter(whole, name)
    hint = head.lower().startswith("sep=")

    def records(width: int | None) -> Iterator[tuple[int, list[str] | None, str]]:
        with opened() as file:
            if hint:
                file.readline()
            for line, cells, wrong in _text_records(file, delimiter, name, width):
                yield line + hint, cells, wrong

    header = next((cells for _, cells, _ in records(None) if cells and any(cell.strip() for cell in cells)), [])
    check_header(header, name)
    while len(header) > 1 and not header[-1].strip() and not _last_column_used(records, len(header)):
        header = header[:-1]
    columns = unique(header)
    width = len(columns)

    def rows() -> Iterator[Row | BadRow]:
        found = records(width)
        for _, cells, _wrong in found:
            if cells and any(cell.strip() for cell in cells):
                break
        for line, cells, wrong in found:
            if cells is None:
                continue
            if wrong:
                yield BadRow(line, tuple(cells), wrong)
            elif len(cells) == width:
                row = tuple(cells)
                if any(row) and not "".join(row).isspace():
                    yield Row(line, row)
            elif not any(cell.strip() for cell in cells):
                continue
            elif len(cells) > width and not any(cell.strip() for cell in cells[width:]):
                yield Row(line, tuple(cells[:width]))
            else:
                yield BadRow(line, tuple(cells), f"the row has {len(cells)} cells, the file has {width} columns")

    return TableFile(columns, rows, encoding=encoding, delimiter=delimiter)


def _last_column_used(
    records: Callable[[int | None], Iterator[tuple[int, list[str] | None, str]]], width: int
) -> bool:
    """Say whether any of the first rows holds something under a header's empty last name."""
    for n, (_, cells, _wrong) in enumerate(records(width)):
        if n and cells and len(cells) == width and cells[-1].strip():
            return True
        if n > 1000:
            break
    return False


def _is_binary(head: str) -> bool:
    strange = sum(ord(c) < 32 and c not in "\t\r\n\x0b\x0c\x1a\x1c\x1d\x1e\x1f" for c in head)
    return strange * 50 > len(head)
