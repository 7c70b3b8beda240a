"""ADF, the XML by which some programs send leads; types and entities, which only attacks need, are refused. Pure."""

import re
from xml.etree import ElementTree

#: No lead is longer.
_LONGEST = 200_000
_START, _END = re.compile(r"<\?adf\b|<adf\b", re.I), re.compile(r"</adf\s*>", re.I)
_DECLARATION = re.compile(r"<!(?!--|\[CDATA\[)", re.I)


def read_adf(text: str) -> dict[str, str] | None:
    """
    Return the first prospect of an ADF document within a text, by fields as of `read_labels`; None without one.

    A document that is broken, or that declares a type or an entity, is none.
    """
    start, end = _START.search(text), None
    if start is not None:
        end = _END.search(text, start.start())
    if start is None or end is None or end.end() - start.start() > _LONGEST:
        return None
    document = re.sub(r"<\?.*?\?>", "", text[start.start() : end.end()], flags=re.S)
    if _DECLARATION.search(document):
        return None
    try:
        root = ElementTree.fromstring(document)  # noqa: S314 - without declarations there is nothing to expand
    except (ElementTree.ParseError, ValueError):
        return None
    prospect = next((found for found in root.iter() if _tag(found) == "prospect"), None)
    customer = _child(prospect, "customer")
    contact = _child(customer, "contact")
    if prospect is None or contact is None:
        return None
    names = {(name.get("part") or "full").lower(): _said(name) for name in contact if _tag(name) == "name"}
    phones = [_said(phone) for phone in contact if _tag(phone) == "phone"]
    found = {
        "first": names.get("first", ""),
        "last": names.get("last", ""),
        "name": names.get("full", ""),
        "email": _said(_child(contact, "email")),
        "phone": "; ".join(filter(None, phones)),
        "message": _said(_child(customer, "comments")),
        "source": _said(_child(_child(prospect, "provider"), "name")),
    }
    return {field: value for field, value in found.items() if value}


def _tag(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _child(element: ElementTree.Element | None, name: str) -> ElementTree.Element | None:
    return None if element is None else next((child for child in element if _tag(child) == name), None)


def _said(element: ElementTree.Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())
