"""Writes docs/reference/openapi.json from the declarations; `--check` fails the build when it is not current.

The document is committed so that a change of the public API is seen in a review and never happens by accident.
"""

from __future__ import annotations

import sys
from pathlib import Path

from saxaul import app

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "openapi.json"


def text() -> bytes:
    """The document as it should stand."""
    declared = app.declarations()
    from saxaul.surfaces.api import openapi

    return openapi.written(declared)


def main(arguments: list[str]) -> int:
    """Writes the document, or with `--check` says whether it is current and whether it is OpenAPI 3.1 at all."""
    found = text()
    if "--check" not in arguments:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_bytes(found)
        return 0
    if not PAGE.exists() or PAGE.read_bytes() != found:
        sys.stderr.write("docs/reference/openapi.json is not current; run: python -m tools.openapi\n")
        return 1
    import json

    from openapi_spec_validator import validate

    validate(json.loads(found))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
