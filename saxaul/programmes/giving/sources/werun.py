"""WeRun: 31 day sums of a mini-programme, AES-128-CBC under WeChat's session key, with a watermark of app and time.

CBC authenticates nothing: one bit of the IV flipped changes the first block unnoticed. So key and person come from the
server's own login, never from the payload; another app's watermark and an old one are refused; and what is read is
still only half believed (a day's sum without hours).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any

import msgspec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from saxaul.engine import Refusal
from saxaul.kernel import times
from saxaul.programmes.giving.samples import Sample, day_of
from saxaul.programmes.giving.sources import Seen, day_sample

BLOCK = 16


def opened(data: str, *, key: str, iv: str, appid: str) -> tuple[dict[str, Any], int]:
    """The payload and the instant of its watermark (microseconds); refuses `step.payload_stale` for another app's."""
    try:
        raw, secret, start = (base64.b64decode(text, validate=True) for text in (data, key, iv))
    except (binascii.Error, ValueError):
        raise _wrong("not written in base64") from None
    if len(secret) != BLOCK or len(start) != BLOCK or not raw or len(raw) % BLOCK:
        raise _wrong("key, IV or data has a wrong length")
    reader = Cipher(algorithms.AES(secret), modes.CBC(start)).decryptor()
    plain = reader.update(raw) + reader.finalize()
    pad = plain[-1]
    if not 1 <= pad <= 32 or pad > len(plain) or plain[-pad:] != bytes([pad]) * pad:
        raise _wrong("does not open with this key")
    try:
        payload = msgspec.json.decode(plain[:-pad])
        mark = payload["watermark"]
        told, stamp = str(mark["appid"]), int(mark["timestamp"])
    except (msgspec.DecodeError, KeyError, TypeError, ValueError):
        raise _wrong("no payload with a watermark") from None
    if told != appid:
        raise Refusal("step.payload_stale")
    return payload, stamp * times.SECOND


def samples(payload: dict[str, Any], seen: Seen) -> Iterator[Sample]:
    """The day sums of an opened payload."""
    for row in payload.get("stepInfoList", []):
        try:
            stamp, steps = int(row["timestamp"]), int(row["step"])
        except (KeyError, TypeError, ValueError):
            seen.records += 1
            seen.faulty += 1
            continue
        yield from day_sample(day_of(stamp, seen.zone), steps, seen)


def _wrong(why: str) -> Refusal:
    return Refusal("request.field_invalid", fields=[f"payload: {why}"])
