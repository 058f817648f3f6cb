"""The codes people hold up to each other, as EMVCo writes them, so that foreign wallets and tills can read ours.

A merchant's code is a text of tag, length and value with a CRC at its end (EMVCo merchant-presented mode 1.1); lengths
count characters, the CRC counts UTF-8 bytes. A payer's code is 18 digits for ordinary scanners, or EMVCo's BER-TLV for
card schemes. Everything here is a pure function of what is handed in, keys included: codes come from strangers, so
whatever does not read exactly is refused, and whatever we do not know is kept but never acted upon. Only a code with
our own template (`saxaul.<city>`) names somebody who can be paid; fees another scheme asks for (tags 55 to 57) stay
among `others`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from saxaul.kernel.amounts import Amount, parse, show
from saxaul.kernel.refusal import Refusal

TEXT_MAX = 512  # EMVCo's own maximum for a merchant code, in characters; also what a phone still scans from paper.
CARD_BYTES_MAX = 512  # A payer's card code larger than this does not fit the QR versions that tills can read.
DEPTH_MAX = 4  # Templates in templates of a card code; the standard needs three.
SEAL_PART = 60  # Characters of a seal in one template: with the longest network name it stays below 99.
SEAL_HMAC_BYTES = 16  # 128 bits: nobody forges it by trying, and it fits one template.

CURRENCIES = {"156": "CNY"}  # ISO 4217 numbers we can pay in; an amount in another currency stays among `others`.
NETWORK = "saxaul."  # Our templates' globally unique identifier is this and the city.

_TOP = {"52": "category", "53": "currency", "58": "country", "59": "name", "60": "city"}
_OURS = {"00": "network", "01": "merchant", "02": "order"}
_MORE = {"01": "bill", "03": "shop", "05": "reference", "07": "terminal"}
_LOCAL = {"00": "language", "01": "name_local", "02": "city_local"}
_TAG = re.compile(r"(?:(?:62|64|our)\.)?[0-9]{2}")
_MERCHANT_TAGS = [f"{tag:02d}" for tag in range(26, 52)]
_SEAL_TAGS = [f"{tag:02d}" for tag in range(80, 100)]
# The longest text of each field, in characters: EMVCo's, and for our own template what its 99 characters leave.
_LONGEST = {
    "network": 23, "merchant": 32, "order": 32, "name": 25, "city": 15, "category": 4, "currency": 3, "country": 2,
    "bill": 25, "shop": 25, "reference": 25, "terminal": 25, "language": 2, "name_local": 25, "city_local": 15,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantCode:
    """What a merchant's code says. On a bus door `shop` is the route and `terminal` the vehicle."""

    name: str  # shown to strangers' wallets; ours shows the registered name of `merchant`
    city: str
    network: str = ""  # "saxaul.<city>"; empty for the code of another scheme, which nobody can pay with us
    merchant: str = ""
    order: str = ""  # the order a dynamic code belongs to: our own id
    once: bool = False  # dynamic (12): one order; otherwise static (11): a sticker
    amount: Amount | None = None
    category: str = "0000"  # ISO 18245; 4111 is local transport
    currency: str = "156"
    country: str = "CN"
    bill: str = ""  # the merchant's own bill or order number
    shop: str = ""
    reference: str = ""
    terminal: str = ""
    language: str = ""
    name_local: str = ""
    city_local: str = ""
    seal: str = ""  # base64url of the signature on a static code
    others: tuple[tuple[str, str], ...] = ()  # unknown tags: ("27", value), ("62.04", value), ("our.05", value)

    @property
    def route(self) -> str:
        """The line, when the code hangs on a bus door."""
        return self.shop

    @property
    def vehicle(self) -> str:
        """The bus, when the code hangs on a bus door."""
        return self.terminal


def encode(code: MerchantCode) -> str:
    """The text to draw: tags in rising order, 00 first, CRC last; refuses `request.field_invalid` with every fault."""
    faults = _faults(code)
    if faults:
        raise Refusal("request.field_invalid", fields=faults)
    tags = {tag: value for tag, value in code.others if "." not in tag}
    tags |= {tag: getattr(code, field) for tag, field in _TOP.items()}
    tags["01"] = "12" if code.once else "11"
    if code.amount is not None:
        tags["54"] = show(code.amount.asset, code.amount.units).partition(" ")[0]
    tags["62"] = _template(code, _MORE, "62")
    tags["64"] = _template(code, _LOCAL, "64")
    if code.network:
        tags[_free(_MERCHANT_TAGS, tags)] = _template(code, _OURS, "our")
        for start in range(0, len(code.seal), SEAL_PART):
            part = code.seal[start : start + SEAL_PART]
            tags[_free(_SEAL_TAGS, tags)] = _joined({"00": code.network, "01": part})
    body = f"000201{_joined(tags)}6304"
    if len(body) + 4 > TEXT_MAX:
        raise Refusal("request.field_invalid", fields=[f"code: {len(body) + 4} characters, at most {TEXT_MAX} fit"])
    return body + _crc(body)


def decode(text: str) -> MerchantCode:
    """What the scanned text says. Refuses `qr.checksum_wrong` or `qr.code_unknown`, the latter naming the fault."""
    tags = _split(_checked(text))
    if tags.pop("00", "") != "01" or not text.startswith("000201"):
        raise _unknown("00 is not the first tag, or not version 01")
    if "63" in tags:
        raise _unknown("63 is not the last tag")
    fields: dict[str, object] = {"once": _once(tags.pop("01", "11"))}
    for tag, field in _TOP.items():
        if tag not in tags:
            raise _unknown(f"tag {tag} is missing")
        fields[field] = tags.pop(tag)
    others: list[tuple[str, str]] = []
    _read_ours(tags, fields, others)
    for template, names in (("62", _MORE), ("64", _LOCAL)):
        if template in tags:
            _read_template(_split(tags.pop(template)), names, template, fields, others)
    if "54" in tags and fields["currency"] in CURRENCIES:
        fields["amount"] = _amount(tags.pop("54"), str(fields["currency"]))
    return MerchantCode(**fields, others=tuple(sorted([*others, *tags.items()])))  # type: ignore[arg-type]


def _checked(text: str) -> str:
    """The text without its CRC, which is right."""
    if not 12 <= len(text) <= TEXT_MAX or text[-8:-4] != "6304":
        raise _unknown("not a merchant code")
    try:
        expected = _crc(text[:-4])
    except UnicodeEncodeError:
        raise _unknown("not text") from None
    if text[-4:] != expected:
        raise Refusal("qr.checksum_wrong")
    return text[:-8]


def _crc(body: str) -> str:
    return f"{binascii.crc_hqx(body.encode(), 0xFFFF):04X}"


def _split(text: str) -> dict[str, str]:
    """Tags and values of one level; the same tag with two values would leave to chance which of them is paid."""
    tags: dict[str, str] = {}
    place = 0
    while place < len(text):
        head = text[place : place + 4]
        if len(head) < 4 or not (head.isascii() and head.isdigit()):
            raise _unknown("a tag or length is not two digits")
        tag, length = head[:2], int(head[2:])
        value = text[place + 4 : place + 4 + length]
        if not length or len(value) != length:
            raise _unknown(f"tag {tag} is empty or cut off")
        if tags.setdefault(tag, value) != value:
            raise _unknown(f"tag {tag} has two values")
        place += 4 + length
    return tags


def _joined(tags: dict[str, str]) -> str:
    """Tags in rising order as text; empty ones are left out, and a value beyond 99 characters is refused."""
    long = [f"tag {tag}: {len(value)} characters, at most 99 fit" for tag, value in tags.items() if len(value) > 99]
    if long:
        raise Refusal("request.field_invalid", fields=long)
    return "".join(f"{tag}{len(tags[tag]):02d}{tags[tag]}" for tag in sorted(tags) if tags[tag])


def _template(code: MerchantCode, names: dict[str, str], path: str) -> str:
    parts = {tag.partition(".")[2]: value for tag, value in code.others if tag.startswith(f"{path}.")}
    return _joined(parts | {tag: getattr(code, field) for tag, field in names.items()})


def _free(allowed: list[str], taken: dict[str, str]) -> str:
    for tag in allowed:
        if tag not in taken:
            return tag
    raise Refusal("request.field_invalid", fields=["others: no tag is left for our own template"])


def _read_ours(tags: dict[str, str], fields: dict[str, object], others: list[tuple[str, str]]) -> None:
    """Our own template, the lowest if there are several, and the seal that belongs to it; both leave `tags`."""
    for tag in _MERCHANT_TAGS:
        parts = _parts(tags.get(tag, ""))
        if parts.get("00", "").startswith(NETWORK):
            if not parts.get("01"):
                raise _unknown("our template names no merchant")
            del tags[tag]
            _read_template(parts, _OURS, "our", fields, others)
            break
    else:
        if not any("02" <= tag <= "51" for tag in tags):
            raise _unknown("no merchant account")
        return
    pieces = [(tag, _parts(tags.get(tag, ""))) for tag in _SEAL_TAGS]
    ours = [
        (tag, parts) for tag, parts in pieces if parts.get("00") == fields["network"] and set(parts) == {"00", "01"}
    ]
    fields["seal"] = "".join(parts["01"] for _, parts in ours)
    for tag, _ in ours:
        del tags[tag]


def _parts(value: str) -> dict[str, str]:
    """The parts of a template, or none where another scheme wrote it in a way of its own."""
    try:
        return _split(value)
    except Refusal:
        return {}


def _read_template(
    parts: dict[str, str], names: dict[str, str], path: str, fields: dict[str, object], others: list[tuple[str, str]]
) -> None:
    for tag, value in parts.items():
        if tag in names:
            fields[names[tag]] = value
        else:
            others.append((f"{path}.{tag}", value))


def _once(method: str) -> bool:
    if method not in ("11", "12"):
        raise _unknown("tag 01 is neither 11 nor 12")
    return method == "12"


def _amount(text: str, currency: str) -> Amount:
    """The amount, exactly: more decimals than the currency has are refused, not rounded; nothing is not an amount."""
    try:
        amount = parse(f"{text} {CURRENCIES[currency]}") if len(text) <= 13 else None
    except Refusal:
        amount = None
    if amount is None or amount.units == 0:
        raise _unknown("tag 54 is not an amount")
    return amount


def _unknown(fault: str) -> Refusal:
    return Refusal("qr.code_unknown", fault=fault)


def _faults(code: MerchantCode) -> list[str]:
    """Everything that keeps the code from being written; strict readers take ASCII only outside template 64."""
    faults = [
        f"{field}: longer than {longest} characters"
        for field, longest in _LONGEST.items()
        if len(getattr(code, field)) > longest
    ]
    plain = [*_TOP.values(), *_OURS.values(), *_MORE.values(), "language", "seal"]
    faults += [f"{field}: plain Latin letters only" for field in plain if not getattr(code, field).isascii()]
    faults += [f"{field}: missing" for field in _TOP.values() if not getattr(code, field)]
    if bool(code.network) != bool(code.merchant) or (code.network and not code.network.startswith(NETWORK)):
        faults.append("merchant: needs a network saxaul.<city>, and a network needs a merchant")
    if code.name_local and not code.language:
        faults.append("language: missing for the local name")
    if code.amount is not None:
        if code.amount.units <= 0 or CURRENCIES.get(code.currency) != code.amount.asset[:-2]:
            faults.append("amount: above zero and in the code's currency")
        elif len(show(code.amount.asset, code.amount.units).partition(" ")[0]) > 13:
            faults.append("amount: longer than 13 characters")
    if code.seal and not code.network:
        faults.append("seal: only our own codes are sealed")
    return faults + _faults_of_others(code)


def _faults_of_others(code: MerchantCode) -> list[str]:
    known = {"00", "01", "62", "63", "64", *_TOP}
    known |= {f"{path}.{tag}" for path, names in (("our", _OURS), ("62", _MORE), ("64", _LOCAL)) for tag in names}
    if code.amount is not None or code.currency in CURRENCIES:
        known.add("54")
    faults = [f"others: {tag} has a field of its own" for tag, _ in code.others if tag in known]
    faults += [f"others: {tag} is no tag" for tag, _ in code.others if not _TAG.fullmatch(tag)]
    faults += [f"others: {tag} is empty" for tag, value in code.others if not value]
    if len({tag for tag, _ in code.others}) < len(code.others):
        faults.append("others: a tag stands there twice")
    if not code.network and any(tag.startswith("our.") for tag, _ in code.others):
        faults.append("others: our template needs a network")
    return faults


# ---- signed static codes ------------------------------------------------------------------------------------------


def sealed_bytes(code: MerchantCode) -> bytes:
    """What a seal covers: everything our wallet acts upon, merchant and place first, each with its length before it.

    Templates of other schemes are left out on purpose: whoever prints a joint sticker may add theirs below our seal.
    """
    amount = show(code.amount.asset, code.amount.units) if code.amount is not None else ""
    fields = [code.network, code.merchant, code.name, code.city, code.shop, code.terminal, code.country, code.category]
    fields += [code.currency, amount, "12" if code.once else "11", code.order, code.bill, code.reference]
    fields += [code.language, code.name_local, code.city_local]
    parts = [field.encode() for field in fields]
    return b"saxaul merchant code 1" + b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def seal(code: MerchantCode, key: bytes | Ed25519PrivateKey) -> MerchantCode:
    """The code with its seal: by HMAC for one institution, by Ed25519 for anyone who knows the public key."""
    assert code.network, "only our own codes are sealed"
    return replace(code, seal=_seal_text(_made(code, key)))


def check_seal(code: MerchantCode, keys: Iterable[bytes | Ed25519PublicKey]) -> None:
    """Returns when one of `keys` sealed the code (stickers outlive keys); else refuses `qr.signature_wrong`.

    The key decides the method, never the code, so no code can talk us into a weaker check.
    """
    if not any(_fits(code, key) for key in keys):
        raise Refusal("qr.signature_wrong", merchant=code.merchant)


def _made(code: MerchantCode, key: bytes | Ed25519PrivateKey) -> bytes:
    if isinstance(key, bytes):
        return hmac.digest(key, sealed_bytes(code), "sha256")[:SEAL_HMAC_BYTES]
    return key.sign(sealed_bytes(code))


def _seal_text(made: bytes) -> str:
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def _fits(code: MerchantCode, key: bytes | Ed25519PublicKey) -> bool:
    if isinstance(key, bytes):
        return hmac.compare_digest(_seal_text(_made(code, key)).encode(), code.seal.encode())
    try:
        key.verify(base64.urlsafe_b64decode(code.seal + "=" * (-len(code.seal) % 4)), sealed_bytes(code))
    except (InvalidSignature, ValueError):
        return False
    return True


# ---- what a payer shows -------------------------------------------------------------------------------------------


def payer_code(secret: bytes, *, wallet: str, number: int) -> str:
    """The wallet's one-time code number `number`: 19 and 16 digits that nobody without the secret can guess."""
    digest = hmac.digest(secret, b"saxaul payer code 1\0" + wallet.encode() + number.to_bytes(8, "big"), "sha256")
    return f"19{int.from_bytes(digest, 'big') % 10**16:016d}"


def payer_code_key(text: str) -> str:
    """The key of the record behind a payer's code, as scanned or typed; refuses `qr.code_unknown`.

    The record is found by this hash, so the book never holds a code that could still be spent. 16 digits can be
    tried out by a machine, but not within the minute a code lives.
    """
    code = text.replace(" ", "").replace("-", "")
    if len(code) != 18 or not (code.isascii() and code.isdigit()) or not code.startswith("19"):
        raise _unknown("not a payer code of ours")
    return hashlib.sha256(b"saxaul payer code key 1\0" + code.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Part:
    """One object of a card scheme's payer code: its tag in hex, and either a value or parts."""

    tag: str
    value: bytes = b""
    parts: tuple[Part, ...] = ()


def decode_card(text: str) -> tuple[Part, ...]:
    """The objects in EMVCo's consumer-presented code (base64 of BER-TLV); refuses `qr.code_unknown`."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError:
        raise _unknown("not base64") from None
    if len(data) > CARD_BYTES_MAX:
        raise _unknown("too long")
    parts = _read_parts(data, 0)
    if not parts or parts[0] != Part("85", b"CPV01"):
        raise _unknown("not a payer's card code")
    return parts


def encode_card(parts: Iterable[Part]) -> str:
    """The base64 text that a scheme's terminal reads."""
    return base64.b64encode(b"".join(map(_written, parts))).decode()


def _read_parts(data: bytes, depth: int) -> tuple[Part, ...]:
    if depth > DEPTH_MAX:
        raise _unknown("nested too deep")
    parts: list[Part] = []
    place = 0
    while place < len(data):
        end = _tag_end(data, place)
        tag = data[place:end]
        length, start = _length(data, end)
        value = data[start : start + length]
        if len(value) != length:
            raise _unknown("cut off")
        nested = tag[0] & 0x20
        parts.append(Part(tag.hex().upper(), b"" if nested else value, _read_parts(value, depth + 1) if nested else ()))
        place = start + length
    return tuple(parts)


def _tag_end(data: bytes, place: int) -> int:
    """Where the tag ends: five low bits set say that bytes follow, a high bit that still another follows."""
    end = place + 1
    if data[place] & 0x1F == 0x1F:
        while end < len(data) and data[end] & 0x80:
            end += 1
        end += 1
    if end > len(data) or end - place > 3:
        raise _unknown("a tag is cut off")
    return end


def _length(data: bytes, place: int) -> tuple[int, int]:
    """The length at `place` and where the value starts; the indefinite form (80) is not allowed here."""
    if place >= len(data):
        raise _unknown("a length is missing")
    first = data[place]
    if first < 0x80:
        return first, place + 1
    count = first & 0x7F
    if not 1 <= count <= 2 or place + 1 + count > len(data):
        raise _unknown("a length is unreadable")
    return int.from_bytes(data[place + 1 : place + 1 + count], "big"), place + 1 + count


def _written(part: Part) -> bytes:
    value = b"".join(map(_written, part.parts)) if part.parts else part.value
    size = len(value)
    # Short form below 128, else the number of length bytes with the high bit set, then the length.
    long = b"" if size < 0x80 else b"\x81" if size < 0x100 else b"\x82"
    return bytes.fromhex(part.tag) + long + size.to_bytes(2 if size > 0xFF else 1, "big") + value
