"""Checks a tree's certificate from the text of its QR code alone: no network, no house, only `cryptography`.

    python verify_certificate.py 'SAXAUL1|P006-2018S-0000001-Z|...' [--key PUBLIC_KEY]

Without --key it says which key signed, to be compared with the one that the city publishes on its page of forests.
Answers 0 when all fits and 2 when not.
"""

import base64
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
FIELDS = ("number", "species", "place", "parcel", "season", "stage", "issued", "energy", "version", "name", "key")
STAGES = {
    "issued": "The tree will be planted; nothing is in the ground yet.",
    "ordered": "The tree is ordered and will be planted; nothing is in the ground yet.",
    "planted": "The charity reported it planted; nobody else has looked yet.",
    "accepted": "Planted, and inspected by somebody else.",
    "year_1": "Inspected one year after planting.",
    "year_3": "Inspected three years after planting.",
    "withdrawn": "This certificate was withdrawn; no tree stands behind it.",
}


def check_character(text: str) -> str:
    """ISO 7064 MOD 37,36."""
    rest = 36
    for one in text:
        rest = (rest + ALPHABET.index(one)) % 36 or 36
        rest = rest * 2 % 37
    return ALPHABET[(37 - rest) % 36]


def decoded(text: str) -> bytes:
    """Bytes of base64url without padding, written in the one way that is ours."""
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(data).decode().rstrip("=") != text:
        raise ValueError("written in another way")
    return data


def fault(text: str, key: str = "") -> str:
    """What does not fit, or an empty text."""
    signed, _, signature = text.strip().rpartition("|")
    values = signed.split("|")
    if len(values) != len(FIELDS) + 1 or values[0] != "SAXAUL1":
        return "This is not the text of a certificate."
    fields = dict(zip(FIELDS, values[1:], strict=True))
    bare = fields["number"].replace("-", "")
    if not set(bare) <= set(ALPHABET) or check_character(bare[:-1]) != bare[-1:]:
        return "The number does not fit its check character."
    if key and fields["key"] != key:
        return "It was signed by another key than the one you named."
    try:
        Ed25519PublicKey.from_public_bytes(decoded(fields["key"])).verify(decoded(signature), signed.encode())
    except (InvalidSignature, ValueError):
        return "The signature does not fit: something in the text was changed."
    return ""


def main(arguments: list[str]) -> int:
    """Say what the certificate says, or what is wrong with it."""
    key = arguments[arguments.index("--key") + 1] if "--key" in arguments else ""
    text = next((one for one in arguments if one.startswith("SAXAUL")), arguments[0] if arguments else "")
    wrong = fault(text, key)
    if wrong:
        print(f"certificate.proof_wrong: {wrong}")
        return 2
    fields = dict(zip(FIELDS, text.strip().split("|")[1:], strict=False))
    for name in ("number", "species", "place", "parcel", "season", "issued", "energy", "name"):
        if fields[name]:
            print(f"{name:8} {fields[name]}")
    print(STAGES.get(fields["stage"], fields["stage"]))
    print(f"Signed by {fields['key']}" + ("" if key else "; compare it with the key that the city publishes."))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
