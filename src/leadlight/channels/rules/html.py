"""What an HTML mail shows, as text: no scripts, styles or hidden parts; links beside their words. Pure."""

import re
from html.parser import HTMLParser

#: What is beyond is not read: no letter is so long, and reading broken HTML takes its time.
LONGEST_HTML = 400_000
_MOST_TAGS = 40_000
#: The parser reads a tag that is still open anew with each chunk, and at the end from each of its characters: one
#: that is open after so many is none, or holds a whole picture.
_CHUNK, _LONGEST_TAG = 8_000, 16_000

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)

_SILENT = frozenset(["script", "style", "head", "title", "template", "object", "svg", "math", "select", "textarea"])
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)
_BLOCKS = frozenset(
    ["address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "footer",
     "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre",
     "section", "table", "tbody", "tfoot", "thead", "tr", "ul"]
)  # fmt: skip
#: Blocks with an empty line around them.
_PARAGRAPHS = frozenset(["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote"])
#: How senders hide what only machines or the list of mails should show.
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|(?:font-size|max-height|opacity)\s*:\s*0"
    r"(?:\.0+)?(?:px|pt|em|%)?\s*(?:;|!|$)",
    re.I,
)


def html_to_text(html: str) -> str:
    """Return what a reader sees; quoted parts (`blockquote`) begin each line with "> ". Never raises."""
    reader = _Reader()
    shown = _COMMENT.sub("", html[:LONGEST_HTML])
    try:
        for start in range(0, len(shown), _CHUNK):
            reader.read(shown[start : start + _CHUNK])
    except (AssertionError, ValueError, _Enough):
        # The parser of the standard library gives up on some declarations; what was read until there stands.
        pass
    return reader.text()


class _Enough(Exception):
    """More tags than any letter has."""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[tuple[int, str]] = []
        self._line: list[str] = []
        self._depth = 0
        #: Open tags, and whether each is silent by itself.
        self._open: list[tuple[str, bool]] = []
        self._n_silent = 0
        self._links: list[tuple[str, int]] = []
        self._n_tags = 0
        self._skips = False

    def read(self, chunk: str) -> None:
        """Read on."""
        if self._skips:
            _, end, chunk = chunk.partition(">")
            self._skips = not end
        self.feed(chunk)
        if len(self.rawdata) > _LONGEST_TAG:
            self.rawdata, self._skips = "", True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._n_tags += 1
        if self._n_tags > _MOST_TAGS:
            raise _Enough
        told = dict(attrs)
        if tag not in _VOID:
            silent = tag in _SILENT or "hidden" in told or _HIDDEN.search(told.get("style") or "") is not None
            self._open.append((tag, silent))
            self._n_silent += silent
        if self._n_silent:
            return
        if tag == "br":
            self._break(blank=True)
        elif tag in _BLOCKS:
            self._break(gap=tag in _PARAGRAPHS)
            if tag == "blockquote":
                self._depth += 1
            elif tag == "li":
                self._line.append("- ")
        elif tag in {"td", "th"}:
            self._line.append(" ")
        elif tag == "a":
            self._links.append(((told.get("href") or "").strip(), len(self._line)))

    def handle_endtag(self, tag: str) -> None:
        if not any(name == tag for name, _ in self._open[-50:]):
            return
        while self._open:
            name, silent = self._open.pop()
            was_silent = self._n_silent > 0
            self._n_silent -= silent
            if not was_silent:
                self._close(name)
            if name == tag:
                break

    def _close(self, tag: str) -> None:
        if tag == "a" and self._links:
            href, start = self._links.pop()
            words = "".join(self._line[start:]).strip()
            shown = re.sub(r"^(?:mailto|tel):", "", href)
            if href.startswith(("http://", "https://", "mailto:", "tel:")) and shown not in words:
                self._line.append(f" ({shown})" if words else shown)
        elif tag in _BLOCKS:
            self._break(gap=tag in _PARAGRAPHS)
            if tag == "blockquote":
                self._depth = max(self._depth - 1, 0)

    def handle_data(self, data: str) -> None:
        if not self._n_silent:
            self._line.append(re.sub(r"\s+", " ", data))

    def _break(self, *, gap: bool = False, blank: bool = False) -> None:
        text = re.sub(r" {2,}", " ", "".join(self._line)).strip()
        if text or blank:
            self._lines.append((self._depth, text))
        if gap and self._lines and self._lines[-1][1]:
            self._lines.append((self._depth, ""))
        self._line, self._links = [], [(href, 0) for href, _ in self._links]

    def text(self) -> str:
        """Return what was read, with at most one empty line between two others."""
        # A tag that never ends is none.
        self.rawdata = self.rawdata.partition("<")[0]
        self.close()
        self._break()
        lines: list[str] = []
        for depth, text in self._lines:
            line = ("> " * depth + text).rstrip()
            if line.strip("> ") or (lines and lines[-1].strip("> ")):
                lines.append(line)
        while lines and not lines[-1].strip("> "):
            lines.pop()
        return "\n".join(lines).strip("\n")
