"""XML for bank files, with everything switched off that makes XML dangerous.

A bank file is flat: no document types, no entities, no references to elsewhere. A file that brings a document type is
refused before anything in it is expanded, and size, depth and number of elements have a maximum, so no file can make
the house read another address, fill the memory or run for minutes. The parser is the standard library's expat.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree import ElementTree
from xml.parsers import expat

from saxaul.kernel.amounts import Amount, parse, show
from saxaul.kernel.refusal import Refusal

FILE_BYTES_MAX = 32 * 1024 * 1024  # About 10,000 lines as talkative banks write them.
ELEMENTS_MAX = 1_000_000  # The same file, counted in elements.
DEPTH_MAX = 32  # The deepest message we read needs 12.
TEXT_MAX = 500  # Characters of one value: the longest text type of the messages we read.
FAULTS_MAX = 100  # Faults listed in one refusal; who has more sends another file anyway.

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"
# ISO 4217 codes we book. Not the table of assets: TRY is Turkish lira to a bank and a quiz try to us.
CURRENCIES = {"CNY": "CNY/2"}

_MESSAGE = re.compile(re.escape(NAMESPACE) + r"([a-z]{4}\.[0-9]{3})\.([0-9]{3}\.[0-9]{2})")
_NUMBER = re.compile(r"([0-9]{1,18})(?:\.([0-9]{1,17}))?")
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Element = ElementTree.Element


class _TooMuch(Exception):
    """Stops expat in the middle of a file that asks for what we do not do."""


def refused(faults: list[str]) -> Refusal:
    """The refusal of a whole file, with its faults line by line."""
    return Refusal("bill.file_refused", lines=faults[:FAULTS_MAX], faults=len(faults))


def parse_file(data: bytes) -> tuple[str, str, Element]:
    """(message, version, body) of a bank file: `("camt.053", "001.08", <BkToCstmrStmt>)`, names without namespace."""
    if len(data) > FILE_BYTES_MAX:
        raise refused([f"file: {len(data)} bytes, at most {FILE_BYTES_MAX} are read"])
    root, namespace = _Builder().run(data)
    found = _MESSAGE.fullmatch(namespace)
    if found is None or root.tag != "Document" or len(root) != 1:
        raise refused(["file: not an ISO 20022 document with one message"])
    return found[1], found[2], root[0]


class _Builder:
    """Builds elements of the document's own namespace under bare names; others keep theirs and so are never found."""

    def __init__(self) -> None:
        self.tree = ElementTree.TreeBuilder()
        self.namespace: str | None = None
        self.depth = self.elements = 0

    def run(self, data: bytes) -> tuple[Element, str]:
        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.tree.data
        parser.StartDoctypeDeclHandler = self.doctype
        try:
            parser.Parse(data, True)
        except _TooMuch as fault:
            raise refused([f"file: {fault}"]) from None
        except (expat.ExpatError, LookupError, ValueError):
            raise refused([f"file: not well-formed XML near line {parser.ErrorLineNumber}"]) from None
        return self.tree.close(), self.namespace or ""

    def bare(self, name: str) -> str:
        namespace, _, local = name.rpartition("}")
        if self.namespace is None:
            self.namespace = namespace
        return local if namespace == self.namespace else name

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > DEPTH_MAX or self.elements > ELEMENTS_MAX:
            raise _TooMuch("more elements or deeper than any bank file")
        self.tree.start(self.bare(name), attributes)

    def end(self, name: str) -> None:
        self.depth -= 1
        self.tree.end(self.bare(name))

    def doctype(self, *_: object) -> None:
        raise _TooMuch("brings a document type; bank files have none")


def text(element: Element, path: str) -> str:
    """The text at `path`, trimmed and at most TEXT_MAX characters; empty where there is none."""
    return (element.findtext(path) or "").strip()[:TEXT_MAX]


def amount(element: Element | None) -> Amount | None:
    """The amount in an element with a currency, exactly; None where it is no amount of a currency we book.

    Zeros behind the currency's last decimal change nothing and are allowed (banks write 100.00000); digits are not.
    """
    asset = CURRENCIES.get(element.get("Ccy", "")) if element is not None else None
    found = _NUMBER.fullmatch((element.text or "").strip()) if element is not None else None
    if asset is None or found is None:
        return None
    decimals = (found[2] or "").rstrip("0")
    try:
        return parse(f"{found[1]}.{decimals or '0'} {asset[:-2]}")
    except Refusal:
        return None


def writable(value: str) -> bool:
    """Whether XML can hold the text at all: control characters and half surrogates have no place in it."""
    return _FORBIDDEN.search(value) is None


def element(name: str, *content: Element | str | None, **attributes: str) -> Element:
    """An element with text or elements in it; None is left out, so optional parts read in place."""
    made = Element(name, attributes)
    for part in content:
        if isinstance(part, str):
            assert writable(part), f"{name}: text that XML cannot hold"
            made.text = part
        elif part is not None:
            made.append(part)
    return made


def money(name: str, value: Amount) -> Element:
    """An amount with its currency as attribute, written with all its decimals."""
    number, _, currency = show(value.asset, value.units).partition(" ")
    assert CURRENCIES.get(currency) == value.asset, f"{value.asset} is no currency of a bank"
    assert value.units >= 0, "direction is a word, never a minus sign"
    return element(name, number, Ccy=currency)


def number(value: Amount) -> str:
    """The amount without its currency, as control sums want it."""
    return show(value.asset, value.units).partition(" ")[0]


def total(amounts: Iterable[Amount], asset: str) -> Amount:
    """The exact sum."""
    return sum(amounts, start=Amount(asset, 0))


def write_file(message: str, body: Element) -> bytes:
    """The file: `message` is the full name, `pain.001.001.09`."""
    root = element("Document", body, xmlns=NAMESPACE + message)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written
