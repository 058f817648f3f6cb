"""The clerk's local socket: other processes of the same installation hand in groups of requests and get the answers.

Pages in processes of their own and the command line speak it. The socket is a file only its owner may open; what comes
through it is trusted to have been checked by a surface.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from saxaul.engine.declare import Declarations
from saxaul.engine.request import Answer, Request, decode_value, encode_value
from saxaul.kernel.maxima import MAXIMA
from saxaul.ledger.facts import Proof
from saxaul.ledger.plan import Aside
from saxaul.surfaces.drive import Loop

FRAME_BYTES_MAX = MAXIMA.file_bytes
_SIZE = struct.Struct(">I")

_encode = msgspec.json.Encoder(enc_hook=encode_value).encode


class Sent(msgspec.Struct, frozen=True):
    """A request between two processes: its ask still as JSON, since only the declaration knows its type."""

    id: str
    act: str
    ask: msgspec.Raw
    credential: str
    fingerprint: bytes
    at: int | None = None
    proofs: tuple[Proof, ...] = ()
    asides: tuple[Aside, ...] = ()


_read_sent = msgspec.json.Decoder(list[Sent]).decode
_read_answers = msgspec.json.Decoder(list[Answer]).decode


def _sent(one: Request) -> Sent:
    ask = msgspec.Raw(_encode(one.ask))
    return Sent(one.id, one.act, ask, one.credential, one.fingerprint, one.at, one.proofs, one.asides)


class Wire:
    """The server's end: reads groups, hands them to the loop that drives the clerk, writes the answers."""

    def __init__(self, drive: Loop, declarations: Declarations, path: Path) -> None:
        self.drive, self.path = drive, path
        self.decoders = {
            name: msgspec.json.Decoder(act.ask, dec_hook=decode_value).decode for name, act in declarations.acts.items()
        }

    async def start(self) -> asyncio.AbstractServer:
        """Listen on the socket's file, which a former process may have left."""
        self.path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            return await asyncio.start_unix_server(self._serve, str(self.path))
        finally:
            os.umask(before)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                (size,) = _SIZE.unpack(await reader.readexactly(_SIZE.size))
                if size > FRAME_BYTES_MAX:
                    break
                behind = (await reader.readexactly(1)) == b"b"
                answers = await self._group(await reader.readexactly(size), behind)
                body = _encode(answers)
                writer.write(_SIZE.pack(len(body)) + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the other process has gone; what it asked is done or not, and its id tells which
        finally:
            writer.close()

    async def _group(self, body: bytes, behind: bool) -> list[Answer]:
        try:
            requests = [self._request(one) for one in _read_sent(body)]
        except (msgspec.DecodeError, KeyError) as error:
            return [Answer("", "", code="request.body_malformed", facts={"reason": str(error)[:200]})]
        return await self.drive.group(requests, behind=behind)

    def _request(self, one: Sent) -> Request:
        ask = self.decoders[one.act](one.ask)
        return Request(one.id, one.act, ask, one.credential, one.fingerprint, one.at, one.proofs, one.asides)


class Far:
    """The client's end, for threads: `submit` as everywhere."""

    def __init__(self, path: Path, *, behind: bool = False) -> None:
        self.path, self.behind = path, behind
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(MAXIMA.wait_seconds + 5)
        self.socket.connect(str(path))

    def submit(self, requests: Sequence[Request]) -> list[Answer]:
        """Answers of the group, in order; raises OSError when the clerk's process is gone."""
        body = _encode([_sent(one) for one in requests])
        self.socket.sendall(_SIZE.pack(len(body)) + (b"b" if self.behind else b"f") + body)
        (size,) = _SIZE.unpack(self._exactly(_SIZE.size))
        return _read_answers(self._exactly(size))

    def close(self) -> None:
        """Hang up."""
        self.socket.close()

    def _exactly(self, size: int) -> bytes:
        parts: list[bytes] = []
        while size:
            part = self.socket.recv(min(size, 1 << 20))
            if not part:
                raise ConnectionError("the clerk's process hung up; ask again with the same id")
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


def answered(path: Path) -> bool:
    """Whether a clerk listens there."""
    probe: Any = socket.socket(socket.AF_UNIX)
    try:
        probe.connect(str(path))
    except OSError:
        return False
    finally:
        probe.close()
    return True
