"""
A text as it is read: plain lower-case letters, whatever alphabet, width, markup or invisible signs it is written in.

Every letter keeps its place in the text as it was given.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

#: Letters of other alphabets that look like one of ours, by code point, capitals and small ones.
_LOOK_ALIKES = """
a: 0410 0430 0391 03b1 0251 1d00 13aa 1f150 1f170    b: 0412 0432 0392 03b2 0299 13f4 1f151 1f171
c: 0421 0441 03f2 1d04 13df 1f152 1f172              d: 0501 0111 0110 1d05 13a0 1f153 1f173
e: 0415 0435 0395 03b5 0454 1d07 13ac 1f154 1f174    f: 0192 03dd a730 1f155 1f175
g: 0261 050d 0262 0581 1f156 1f176                   h: 041d 043d 0397 0570 04bb 029c 13bb 0127 1f157 1f177
i: 0406 0456 0399 03b9 0131 0269 026a 1f158 1f178    j: 0408 0458 03f3 1d0a 13ab 1f159 1f179
k: 041a 043a 039a 03ba 1d0b 13e6 1f15a 1f17a         l: 04c0 04cf 029f 0142 0141 13de 2223 1f15b 1f17b
m: 041c 043c 039c 1d0d 13b7 1f15c 1f17c              n: 039d 03b7 0578 0274 014b 1f15d 1f17d
o: 041e 043e 039f 03bf 0585 1d0f 00f8 00d8 1f15e 1f17e    p: 0420 0440 03a1 03c1 1d18 13e2 1f15f 1f17f
q: 051b 0566 1f160 1f180                             r: 0433 0280 13a1 1f161 1f181
s: 0405 0455 a731 13da 1f162 1f182                   t: 0422 0442 03a4 03c4 1d1b 13a2 1f163 1f183
u: 03c5 057d 1d1c 1f164 1f184                        v: 03bd 0475 1d20 13d9 1f165 1f185
w: 0461 051d 03c9 1d21 13b3 1f166 1f186              x: 0425 0445 03a7 03c7 1f167 1f187
y: 0423 0443 03a5 04af 028f 1f168 1f188              z: 0396 1d22 13c3 1f169 1f189
a: 0040                                              s: 0024
"""
_ALIKE: dict[str, str] = {
    chr(int(code, 16)): letter
    for letter, codes in re.findall(r"(\w): ((?:[0-9a-f]{4,5} ?)+)", _LOOK_ALIKES)
    for code in codes.split()
}
_APOSTROPHES = frozenset("'`\u2018\u2019\u02bc\u00b4\uff07")
#: Letters that are none of the format characters, and yet show nothing.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")

# Every piece is bounded, and none is read twice: reading takes time in proportion to the text.
_PIECE = re.compile(
    r"[A-Za-z0-9]+|&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});|<[/!A-Za-z][^<>]{0,300}>|.",
    re.DOTALL,
)
_PARAGRAPH_TAG = re.compile(r"</?(?:p|li|ul|ol|div|td|tr|h\d)\b", re.IGNORECASE)
#: Ends of lines that end a thought: a greeting's, and those before an item of a list or a label.
_BEFORE_ITEM = re.compile(r"\n(?=[ \t]{0,20}(?:[-*•–]\s|\d{1,2}[.)]\s|\w{1,20}(?: \w{1,20})?[ \t]?:))")
_GREETING = re.compile(
    r"^[ \t]{0,20}(?:hi|hello|hey|dear|hola|buen[oa]s|estimad[oa]s?),?(?:[ \t]+\S{1,30}){0,2}[ \t]{0,20}$",
    re.IGNORECASE | re.MULTILINE,
)

#: What stands between two words, from nothing to the end of a sentence.
_JOINED, _SPACE, _COMMA, _STOP = 0, 1, 2, 3
_BETWEEN = {_COMMA: ",", _STOP: "."}
_MARKS = {**dict.fromkeys(",:|{}", _COMMA), **dict.fromkeys(".!?;…。", _STOP)}
#: What may follow a mark that ends something.
_AFTER_MARK = frozenset("\"'”’)<&")


@dataclass(frozen=True)
class Folded:
    """
    The letters of a text without what stands between words, but for "," and "." where a thought or a sentence ends.

    `starts` and `ends` hold, for each letter, the part of the given text that it comes from; `begins` is where words
    begin, in order.
    """

    letters: str
    starts: list[int]
    ends: list[int]
    begins: list[int]
    _edges: frozenset[int]

    def is_end(self, place: int) -> bool:
        """Say whether a word ends before this place."""
        return place in self._edges

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the part of the given text that some letters, at least one, come from."""
        return self.starts[start], self.ends[end - 1]


def fold(text: str) -> list[Folded]:
    """
    Return a text as it is read, whatever it holds, in time that grows with its length and no faster.

    Where a sign may be an i or an l ("aduIts", "KlDS", "k1ds") there are two readings, else one.
    """
    ends_of_thought = {found.start() for found in _BEFORE_ITEM.finditer(text)}
    ends_of_thought |= {found.end() for found in _GREETING.finditer(text)}
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    begins: list[int] = []
    between, n_lines = _SPACE, 0

    for piece in _PIECE.finditer(text):
        start, end = piece.span()
        for sign in _signs(piece[0]):
            strength = _strength(sign, letters)
            if sign == "\n":
                n_lines += 1
                is_end = n_lines > 1 or start in ends_of_thought
                between = max(between, _STOP if is_end else _SPACE)
            elif strength > _SPACE:
                # A mark inside of words is a trick or a number; one with a blank behind it is punctuation.
                is_mark = sign in "{}|" or end >= len(text) or text[end].isspace() or text[end] in _AFTER_MARK
                between = max(between, strength if is_mark else _SPACE)
            elif strength == _SPACE:
                between = max(between, _SPACE)
            elif sign:
                if between > _SPACE and letters:
                    begins.append(len(letters))
                    letters.append(_BETWEEN[between])
                    starts.append(start)
                    ends.append(start)
                if between:
                    begins.append(len(letters))
                between, n_lines = _JOINED, 0
                letters += sign
                is_run = len(sign) == end - start
                starts += range(start, end) if is_run else [start] * len(sign)
                ends += range(start + 1, end + 1) if is_run else [end] * len(sign)
    edges = frozenset((*begins, len(letters)))

    def read(found: re.Match[str]) -> str:
        is_inside = edges.isdisjoint(range(found.start(), found.end() + 1))
        return found[0].translate(_FIGURE) if is_inside else found[0]

    plain = _FIGURES.sub(read, "".join(letters))
    readings = dict.fromkeys(plain.replace(_LIKE_I, one).replace(_LIKE_L, other) for one, other in ("il", "li"))
    return [Folded(reading, starts, ends, begins, edges) for reading in readings]


#: Stand for an i that may be an l, and the reverse.
_LIKE_I, _LIKE_L = "\0", "\1"
_CAPITAL_I = re.compile(r"(?<=[a-z])I")
_SMALL_L = re.compile(r"(?<=[A-Z])l(?=[A-Z])")
#: Figures between letters of one word stand for the letter that they look like.
_FIGURES = re.compile(r"(?<=[a-z])[013457]{1,3}(?=[a-z])")
_FIGURE = str.maketrans("013457", f"o{_LIKE_I}east")


def _strength(sign: str, letters: list[str]) -> int:
    if sign == "+":  # "55+" is a word, any other plus parts two
        return _JOINED if letters and letters[-1].isdigit() else _SPACE
    return _SPACE if sign == " " else _MARKS.get(sign, _JOINED)


def _signs(piece: str) -> list[str]:
    """Return what a piece is read as: letters, a mark, a blank, the end of a line, or "" where it shows nothing."""
    if len(piece) == 1:
        return [" ", "and", " "] if piece == "&" else [_sign(piece)]
    if piece[0] == "<":
        return ["\n", "\n"] if _PARAGRAPH_TAG.match(piece) else ["\n" if piece[:3].lower() == "<br" else " "]
    if piece[0] == "&":
        shown = unescape(piece)
        return [sign for character in shown for sign in _signs(character)] if shown != piece else [" ", piece[1:-1]]
    return [_SMALL_L.sub(_LIKE_L, _CAPITAL_I.sub(_LIKE_I, piece)).lower()]


@lru_cache(maxsize=4_096)
def _sign(character: str) -> str:
    if character == "\n" or character in _MARKS:
        return character
    if character in _APOSTROPHES or character in _INVISIBLE or unicodedata.category(character) in ("Cf", "Mn", "Me"):
        return ""
    if character in _ALIKE:
        return _ALIKE[character]
    plain = unicodedata.normalize("NFKD", character).casefold()
    kept = "".join(_plain(c) for c in plain if c.isalnum() or c == "+")
    return kept or (plain.strip() if plain.strip() in _MARKS else " ")


def _plain(character: str) -> str:
    digit = unicodedata.decimal(character, None)
    return _ALIKE.get(character, character) if digit is None else str(digit)
