"""Kinds of contracts from a file of a pack: each table becomes the ask of one `prepaid.set_template`."""

from __future__ import annotations

import tomllib

import msgspec

from saxaul.programmes.prepaid.office import SetTemplate


def templates(text: str) -> list[SetTemplate]:
    """The templates of a TOML file; raises where one is not whole, so that a town never starts with half a kind."""
    return [msgspec.convert({"template": name, **row}, SetTemplate) for name, row in tomllib.loads(text).items()]
