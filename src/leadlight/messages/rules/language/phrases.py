"""
The notation in which phrases are written, and how they are found in a text.

    no [small|young] {children} !(room|menu)

`[a|b]` may stand or not, `(a|b)` is one of them, `!(a|b)` must not follow, `{children}` is one of a list of words,
`#` is a digit, a comma is one in the text. What stands further in than the first line goes on with the line before.

Phrases have no repetition: each is a finite list of letters. They are kept as one tree, so that looking from one
place of a text takes a bounded time, and a whole text takes time in proportion to its length.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from leadlight.messages.rules.language.folding import Folded

_TOKEN = re.compile(r"[\[\](){}|,#!]|[a-z0-9+]+")
_DIGITS = frozenset("0123456789")


class BadPhrase(ValueError):
    """A phrase that is not in the notation: a fault of the tables, never of a text."""


def lines(table: str) -> list[str]:
    """Return the phrases of a table."""
    written = [line for line in table.splitlines() if line.strip()]
    phrases: list[str] = []
    for line in written:
        if _indent(line) > _indent(written[0]):
            phrases[-1] += " " + line.strip()
        else:
            phrases.append(line.strip())
    return phrases


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


@dataclass(frozen=True)
class Part:
    """One item of a phrase: the letters that may stand there, "" where it may be left out."""

    letters: frozenset[str]
    #: These must not stand there, and nothing is passed over.
    is_barred: bool = False


def parts(phrase: str, words: Mapping[str, str]) -> tuple[Part, ...]:
    """
    Return the items of a phrase; `words` are the lists that it may name.

    Raises:
        BadPhrase: it is not in the notation, names a list that is not known, or could be nothing at all.
    """
    tokens = _TOKEN.findall(phrase)
    if "".join(tokens) != phrase.replace(" ", ""):
        raise BadPhrase(f"“{phrase}” holds a sign that is not in the notation.")
    reader = _Reader(tokens, words, phrase)
    found = tuple(reader.items())
    reader.expect_end()
    if all("" in part.letters or part.is_barred for part in found):
        raise BadPhrase(f"“{phrase}” would be found everywhere.")
    return found


class _Reader:
    """Reads tokens by descent: a choice is sequences, a sequence is items, an item may be a choice."""

    def __init__(self, tokens: Sequence[str], words: Mapping[str, str], phrase: str) -> None:
        self._tokens = [*tokens, ""]
        self._words = words
        self._phrase = phrase
        self._at = 0

    def items(self) -> Iterator[Part]:
        while self._tokens[self._at] not in ("", "|", ")", "]", "}"):
            match self._take():
                case "!":
                    self._take("(")
                    yield Part(self._choice(until=")"), is_barred=True)
                case "[":
                    yield Part(self._choice(until="]") | {""})
                case "(":
                    yield Part(self._choice(until=")"))
                case "{":
                    yield Part(self._list(self._take()))
                case "#":
                    yield Part(_DIGITS)
                case word:
                    yield Part(frozenset({word}))

    def expect_end(self) -> None:
        if self._tokens[self._at]:
            raise BadPhrase(f"“{self._phrase}” has a {self._tokens[self._at]!r} too many.")

    def _take(self, expected: str = "") -> str:
        token = self._tokens[self._at]
        if not token or (expected and token != expected):
            raise BadPhrase(f"“{self._phrase}” lacks {expected or 'its end'!r}.")
        self._at += 1
        return token

    def _choice(self, *, until: str) -> frozenset[str]:
        letters: set[str] = set()
        while True:
            letters |= {"".join(each) for each in product(*(part.letters for part in self.items()))}
            if self._tokens[self._at] != "|":
                break
            self._at += 1
        self._take(until)
        return frozenset(letters)

    def _list(self, name: str) -> frozenset[str]:
        self._take("}")
        if name not in self._words:
            raise BadPhrase(f"“{self._phrase}” names the list {name!r}, which is not known.")
        return _Reader([*_TOKEN.findall(self._words[name]), ")"], self._words, name)._choice(until=")")


@dataclass(eq=False)
class _Node:
    """A place in the tree of phrases: what may come next."""

    #: Rules of which a phrase ends here.
    rules: set[int] = field(default_factory=set)
    #: By the first two letters, or the only one.
    next: dict[str, list["_Step"]] = field(default_factory=dict)
    #: Where one is too, since what comes between may be left out.
    at_once: list["_Node"] = field(default_factory=list)
    #: Where one is too unless some letters follow.
    unless: list["_Step"] = field(default_factory=list)

    def grow(self, part: Part) -> "_Node":
        """Return the place behind a part."""
        after = _Node()
        if part.is_barred:
            self.unless.append(_Step(part.letters, after))
            return after
        by_first: dict[str, set[str]] = {}
        for letters in part.letters - {""}:
            by_first.setdefault(letters[:2], set()).add(letters)
        for first, each in by_first.items():
            self.next.setdefault(first, []).append(_Step(each, after))
        if "" in part.letters:
            self.at_once.append(after)
        return after


class _Step:
    """A way from one place to the next, over some letters."""

    def __init__(self, letters: Collection[str], after: _Node) -> None:
        self._letters = frozenset(letters)
        self._sizes = sorted(set(map(len, letters)))
        self.after = after

    def ends(self, letters: str, place: int) -> list[int]:
        """Return where its letters end that stand at a place."""
        return [place + size for size in self._sizes if letters[place : place + size] in self._letters]


@dataclass(frozen=True)
class Found:
    """A phrase of a rule, by its place among the rules; `start` and `end` are places among the folded letters."""

    rule: int
    start: int
    end: int


class Spans:
    """A set of spans of letters. What it takes does not depend on how many spans there are."""

    def __init__(self, n_letters: int) -> None:
        self._taken = bytearray(n_letters)

    def add(self, start: int, end: int) -> None:
        """Add a span."""
        self._taken[start:end] = b"\1" * (end - start)

    def meet(self, start: int, end: int) -> bool:
        """Say whether a span shares a letter with one of the set."""
        return self._taken.find(1, start, end) >= 0


class Finder:
    """Finds the phrases of many rules at once, but for those that share a letter with a phrase that is allowed."""

    def __init__(self, tables: Sequence[str], words: Mapping[str, str], *, allowed: str) -> None:
        self._root = _Node()
        self._allowed = len(tables)
        grown: dict[tuple[_Node, Part], _Node] = {}
        for rule, table in enumerate([*tables, allowed]):
            for phrase in lines(table):
                node = self._root
                for part in parts(phrase, words):
                    after = grown.get((node, part)) or node.grow(part)
                    grown[node, part] = after
                    node = after
                node.rules.add(rule)
        # A node is made after the one before it: from the last to the first, what is reached at once is complete.
        for node in reversed([self._root, *grown.values()]):
            for after in node.at_once:
                node.rules |= after.rules
                node.unless += after.unless
                for first, steps in after.next.items():
                    node.next[first] = [*node.next.get(first, ()), *steps]

    def find(self, readings: Sequence[Folded]) -> list[Found]:
        """
        Return the phrases in the readings of a text; of a rule the longest from each start.

        A phrase begins where a word begins and ends where one ends. In between blanks do not count.
        """
        found = [one for reading in readings for one in self._find(reading)]
        allowed = Spans(len(readings[0].letters))
        for one in found:
            if one.rule == self._allowed:
                allowed.add(one.start, one.end)
        return [one for one in found if one.rule != self._allowed and not allowed.meet(one.start, one.end)]

    def _find(self, text: Folded) -> Iterator[Found]:
        first = self._root.next
        for start in text.begins:
            if text.letters[start : start + 2] in first or text.letters[start] in first:
                for rule, end in self._ends(text, start).items():
                    yield Found(rule, start, end)

    def _ends(self, text: Folded, start: int) -> dict[int, int]:
        letters = text.letters
        found: dict[int, int] = {}
        waiting = [(self._root, start)]
        seen = set(waiting)
        while waiting:
            node, place = waiting.pop()
            if node.rules and text.is_end(place):
                found.update({rule: max(place, found.get(rule, 0)) for rule in node.rules})
            steps = node.next.get(letters[place : place + 2], ()), node.next.get(letters[place : place + 1], ())
            reached = [(step.after, end) for few in steps for step in few for end in step.ends(letters, place)]
            reached += [(step.after, place) for step in node.unless if not step.ends(letters, place)]
            for one in reached:
                if one not in seen:
                    seen.add(one)
                    waiting.append(one)
        return found
