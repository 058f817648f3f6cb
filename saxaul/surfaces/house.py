"""A house: one installation, opened. Surfaces are given one and read no clock, key or setting by themselves."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from saxaul.kernel.settings import Settings
from saxaul.ledger.facts import Proof
from saxaul.people import proofs
from saxaul.surfaces.tokens import Tokens

if TYPE_CHECKING:  # these know the models, which stand only after `app` prepared them
    from saxaul.engine.clerk import Clerk
    from saxaul.engine.declare import Declarations
    from saxaul.engine.terms import Terms
    from saxaul.people.sealing import Sealer
    from saxaul.surfaces.drive import Loop


def clock() -> int:
    """Now, in microseconds UTC; handed to whatever needs it, read nowhere else below the surfaces."""
    return time.time_ns() // 1000


@dataclass(frozen=True, slots=True)
class Secrets:
    """Keys of an installation, all derived from one file that `saxaul init` makes."""

    root: bytes

    def key(self, purpose: str) -> bytes:
        """32 bytes for one purpose; knowing one tells nothing of another."""
        return hmac.new(self.root, f"saxaul {purpose}".encode(), hashlib.sha256).digest()

    def head_key(self) -> Ed25519PrivateKey:
        """The key that signs heads; its public half is published."""
        return Ed25519PrivateKey.from_private_bytes(self.key("heads"))


def read_secrets(path: Path, *, make: bool = False) -> Secrets:
    """The installation's secrets; with `make`, a new file readable by its owner alone, where there is none."""
    if not path.exists() and make:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    return Secrets(bytes.fromhex(path.read_text().strip()))


@dataclass(slots=True)
class House:
    """An installation, opened: what every surface is given."""

    settings: Settings
    secrets: Secrets
    declarations: Declarations
    terms: Terms
    clerk: Clerk
    tokens: Tokens
    sealer: Sealer
    drive: Loop | None = None  # set while a server drives the clerk on its loop

    def read_proof(self, text: str) -> Proof | None:
        """The proof a surface signed, or None."""
        return proofs.verify(self.secrets.key("proofs"), text, now=clock())

    @property
    def folder(self) -> Path:
        """Where the files beside the book lie: heads, history, pages."""
        return Path(self.settings.secret_file).parent
