"""Bearer tokens: a credential's id and a mark only this installation can make.

A token says which credential asks; whether that credential may still act is read in the unit of work, so revoking one
takes effect with the next act and no table of tokens is needed.
"""

from __future__ import annotations

import hashlib
import hmac

MARK_DIGITS = 32


class Tokens:
    """Makes and reads tokens with the installation's secret."""

    def __init__(self, secret: bytes) -> None:
        self._key = hashlib.sha256(b"saxaul token" + secret).digest()
        self._known: dict[str, str] = {}

    def make(self, credential: str) -> str:
        """The bearer token of a credential."""
        return f"{credential}.{self._mark(credential)}"

    def read(self, token: str) -> str | None:
        """The credential of a token, or None when nobody here made it."""
        known = self._known.get(token)
        if known is not None:
            return known
        credential, _, mark = token.partition(".")
        if len(credential) != 32 or not hmac.compare_digest(mark, self._mark(credential)):
            return None
        if len(self._known) > 200_000:
            self._known.clear()
        self._known[token] = credential
        return credential

    def _mark(self, credential: str) -> str:
        return hmac.new(self._key, credential.encode(), hashlib.sha256).hexdigest()[:MARK_DIGITS]
