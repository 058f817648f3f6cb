"""Verbs around forests that no act covers: a certificate checked offline, pictures reduced to numbers and signed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from saxaul import app
from saxaul.kernel.refusal import CATALOGUE, Refusal
from saxaul.surfaces.cli import common

certificate = typer.Typer(no_args_is_help=True, help="Certificates of trees, checked without any connection.")
evidence = typer.Typer(no_args_is_help=True, help="Satellite pictures of a parcel, reduced to numbers on this machine.")


@certificate.command()
def verify(
    text: Annotated[str, typer.Argument(help="the text of the QR code")],
    key: Annotated[str, typer.Option(help="the public key that the city publishes; empty: any, and it is shown")] = "",
) -> None:
    """Check number and signature of a certificate from its text alone; needs no house and no network."""
    from saxaul.surfaces.web.forest import proof

    fields = proof.checked(text, key=key)
    if not fields:
        common.stop("certificate.proof_wrong: the number, the key or the signature does not fit.", _exit())
    for name, value in fields.items():
        if value:
            common.out.print(f"{name:8} {value}", markup=False)


def _exit() -> int:
    return CATALOGUE["certificate.proof_wrong"].exit


@certificate.command()
def key() -> None:
    """Print the public key that this house signs certificates and evidence with."""
    from saxaul.surfaces.web.forest import proof

    common.out.print(proof.public_text(_key()))


def _key() -> Ed25519PrivateKey:
    from saxaul.surfaces.web.forest.proof import PURPOSE

    return Ed25519PrivateKey.from_private_bytes(app.read_secrets(Path(common.settings().secret_file)).key(PURPOSE))


@evidence.command()
def measure(
    parcel: Annotated[str, typer.Argument(help="the parcel's key: p006-2018s:1")],
    now: Annotated[Path, typer.Option(help="STAC item of the later picture")],
    base: Annotated[Path, typer.Option(help="STAC item of the earlier picture, same season")],
    ring: Annotated[str, typer.Option(help="corners of the parcel: 103000000,38000000 103010000,38000000 ...")],
    control: Annotated[str, typer.Option(help="corners of the control area, written alike")],
    earlier: Annotated[Path | None, typer.Option(help="STAC collection of earlier pictures of the season")] = None,
) -> None:
    """Print the signed ask for `saxaul act forest.record_evidence`, or the refusal; nothing is written anywhere."""
    from saxaul.programmes.forest import geometry
    from saxaul.surfaces.web.forest import proof, satellite

    dated, names = app.terms(), ("valid_percent_min", "pixels_min", "season_days_max", "change_min")
    rules = {name: dated.at(f"forest.evidence_{name}", app.clock()) for name in names}
    signer = _key()
    try:
        ask = satellite.compare(
            now, base, parcel, geometry.read(ring), geometry.read(control), rules=rules,
            earlier=list(satellite.items(earlier)) if earlier else (),
            sign=lambda text: proof.signature(signer, text),
        )  # fmt: skip
    except Refusal as refusal:
        common.stop(f"{refusal.code}: {json.dumps(refusal.facts)}", CATALOGUE[refusal.code].exit)
    common.out.print(msgspec.json.encode(ask).decode(), markup=False)
