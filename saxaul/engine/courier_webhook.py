"""Telling a merchant's server what happened, so that it can trust us and its address cannot lead us astray.

Messages follow two published standards, so receivers verify them with libraries that exist: Standard Webhooks for the
headers and signature, CloudEvents 1.0 for the body. The address is the merchant's own choice and therefore hostile
until shown otherwise: it must lead to the public internet, or somebody could make the house call its own insides. Pure
functions: resolving the name, the clock and the sending are the courier's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from standardwebhooks import Webhook

from saxaul.kernel import times
from saxaul.kernel.refusal import Refusal

SECRETS_MAX = 2  # The new secret and the one it replaces; more would never be retired.
TARGET_MAX = 2_000  # Characters of an address; longer ones fail in somebody's proxy.
BODY_BYTES_MAX = 20_000  # What Standard Webhooks advises receivers to expect; an event names things, it carries none.

# Seconds to wait after each failed try: (o) our choice, the ladder of the Standard Webhooks text and then a try a day.
# The sum is above seven days, so a receiver that is down for three gets everything.
LADDER = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400, 86_400, 86_400, 86_400, 86_400)

# Public by their numbers, yet inside a provider's machine room: they hand out its secrets.
_METADATA = (ip_network("168.63.129.16/32"), ip_network("192.0.0.0/24"), ip_network("100.64.0.0/10"))
_TRANSLATED = IPv6Network("64:ff9b::/96")  # NAT64: an IPv4 address in the last 32 bits
_INSIDE = ("localhost", "local", "internal", "intranet", "lan", "home.arpa", "localdomain")
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_-]{1,63})*\.?")
_NUMBERS = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+))*\.?")


def event(
    *, id: str, source: str, kind: str, subject: str, at: int, sequence: int, data: Mapping[str, object]
) -> bytes:
    """The body: a CloudEvents 1.0 event. `sequence` is the journal's number: it grows within each `subject`.

    The same arguments give the same bytes, and a retry sends these very bytes: the signature is over them.
    """
    body = {
        "specversion": "1.0",
        "id": id,
        "source": source,
        "type": kind,
        "subject": subject,
        "time": times.text(at),
        "sequence": f"{sequence:020d}",
        "datacontenttype": "application/json",
        "data": data,
    }
    written = json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False).encode()
    assert len(written) <= BODY_BYTES_MAX, "an event names things, it does not carry them"
    return written


def headers(body: bytes, *, id: str, at: int, secrets: Sequence[str]) -> dict[str, str]:
    """The headers to send `body` with: one signature per secret, so a receiver may hold the old or the new one.

    `id` stays the same over all tries (receivers drop what they have seen); `at` is this try's instant.
    """
    assert 1 <= len(secrets) <= SECRETS_MAX, "one secret, or two while they rotate"
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,100}", id), "a dot in the id would let two messages share a signature"
    second = at // times.SECOND
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
    signed = (Webhook(secret).sign(msg_id=id, timestamp=moment, data=body.decode()) for secret in secrets)
    return {
        "content-type": "application/cloudevents+json",
        "webhook-id": id,
        "webhook-timestamp": str(second),
        "webhook-signature": " ".join(signed),
    }


def next_try(failed: int, at: int) -> int | None:
    """When to try again after the `failed`-th try failed at `at`; None when the ladder ends."""
    assert failed >= 1, "the first try waits for nothing"
    return at + LADDER[failed - 1] * times.SECOND if failed <= len(LADDER) else None


def check_target(target: str, addresses: Sequence[str]) -> tuple[str, ...]:
    """The addresses the courier may connect to, which are those that `target`'s host resolved to, all of them public.

    Refuses `webhook.target_refused` saying why. Asked at registration and again at each try, and the courier connects
    to one of these addresses and follows no redirect: otherwise the name could lead elsewhere a moment later.
    """
    host = _host(target)
    if not addresses:
        raise _refused("the host name leads nowhere")
    found = [_address(text) for text in addresses]
    if _NUMBERS.fullmatch(host) or ":" in host:
        found.append(_address(host))
    for address in found:
        if not _is_public(address):
            raise _refused("the address is not on the public internet")
    return tuple(addresses)


def check_form(target: str) -> None:
    """Refuses `webhook.target_refused` for what no name server is needed to refuse; the rest is asked at each try."""
    host = _host(target)
    if (_NUMBERS.fullmatch(host) or ":" in host) and not _is_public(_address(host)):
        raise _refused("the address is not on the public internet")


def _host(target: str) -> str:
    """The host in `target`, which is a plain http or https address without a login in it."""
    if len(target) > TARGET_MAX or not target.isascii() or not target.isprintable() or " " in target or "\\" in target:
        raise _refused("not an address")
    try:
        parts = urlsplit(target)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise _refused("not an address") from None
    if parts.scheme not in ("http", "https"):
        raise _refused("neither http nor https")
    if parts.username is not None or parts.password is not None or port == 0 or "#" in target:
        raise _refused("a login, port 0 or a fragment in the address")
    if ":" not in host and not _HOST.fullmatch(host):
        raise _refused("not a host name")
    bare = host.rstrip(".")
    if any(bare == name or bare.endswith(f".{name}") for name in _INSIDE):
        raise _refused("the name belongs to a network's inside")
    return host


def _address(text: str) -> IPv4Address | IPv6Address:
    """The address, read strictly: 127.1, 0x7f000001 and 017700000001 are tricks, not addresses."""
    try:
        return ip_address(text)
    except ValueError:
        raise _refused("not an address") from None


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether the address, and any IPv4 address wrapped in it, is on the public internet."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _TRANSLATED:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if address.teredo is not None or address.scope_id is not None:
            return False
        if inner is not None:
            return _is_public(inner)
    if any(address.version == network.version and address in network for network in _METADATA):
        return False
    return address.is_global and not (
        address.is_private or address.is_multicast or address.is_reserved or address.is_link_local
        or address.is_loopback or address.is_unspecified
    )  # fmt: skip


def _refused(why: str) -> Refusal:
    return Refusal("webhook.target_refused", why=why)
