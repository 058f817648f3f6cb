"""A disk in memory that forgets what was not synced, and fills up: SQLite writes to it through apsw's file layer.

Every file keeps what a program sees (`now`) and what the platter surely holds (`durable`), with the list of changes in
between. When the power fails a random part of those changes has arrived, writes torn at 512 bytes; a file made or
deleted since the directory was synced may be there or not. Only apsw can be given such a file layer, and one process
must not open a file with two copies of SQLite: nothing else here ever opens these files.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import apsw

SECTOR = 512
_names = itertools.count()
Change = tuple[int, bytes] | int  # a write at an offset, or a new length


@dataclass(slots=True)
class File:
    """One file: as seen, as surely kept, and the changes in between."""

    now: bytearray = field(default_factory=bytearray)
    durable: bytearray = field(default_factory=bytearray)
    listed: bool = False  # the directory on the platter names it
    pending: list[Change] = field(default_factory=list)

    def survivor(self, chance: Random, share: float) -> bytearray:
        """What is found after the power came back."""
        image = bytearray(self.durable)
        for change in self.pending:
            if isinstance(change, int):
                if chance.random() < share:
                    _resize(image, change)
                continue
            offset, data = change
            torn = chance.random() < 0.3
            whole = chance.random() < share
            for start in range(0, len(data), SECTOR):
                if chance.random() < share if torn else whole:
                    _put(image, offset + start, data[start : start + SECTOR])
        return image


def _resize(image: bytearray, size: int) -> None:
    if size < len(image):
        del image[size:]
    else:
        image.extend(bytes(size - len(image)))


def _put(image: bytearray, offset: int, data: bytes) -> None:
    if offset > len(image):
        image.extend(bytes(offset - len(image)))
    image[offset : offset + len(data)] = data


class Disk:
    """The files, how many operations they may still do before the power fails, and how much room is left."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = {name: File(bytearray(image), bytearray(image), listed=True) for name, image in files.items()}
        self.deleted: dict[str, File] = {}  # not yet from the directory on the platter
        self.life = 0  # a handle of an earlier life is dead
        self.dead = False
        self.left: int | None = None  # operations until the power fails; None: it does not
        self.syncs_left: int | None = None  # the same in syncs: most of what can go wrong goes wrong around them
        self.sync_arrives = False  # whether the sync at which the power fails has done its work
        self.done = 0
        self.full_at: int | None = None  # the number of the write at which the disk is full; None: there is room
        self.sync_fails_at: int | None = None
        self.writes = self.syncs = 0
        self.name = f"disk{next(_names)}"
        self.vfs = _Vfs(self)

    def operation(self) -> None:
        """One change of the disk; the power may fail just here."""
        self.done += 1
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.dead = True
        if self.dead:
            raise apsw.IOError("the power is off")

    def cut(self, chance: Random) -> None:
        """The power fails and comes back: only what survived is there, and nobody has a file open."""
        share = chance.choice((0.0, 0.0, 0.5, 0.9, 1.0))
        for name, file in self.deleted.items():
            if chance.random() >= share:  # the deletion did not arrive, nor did what was made under that name since
                self.files[name] = file
        found = {}
        for name, file in self.files.items():
            if file.listed or chance.random() < share:
                image = file.survivor(chance, share)
                found[name] = File(image, bytearray(image), listed=True)
        self.files, self.deleted = found, {}
        self.life += 1
        self.dead, self.left, self.syncs_left = False, None, None

    def close(self) -> None:
        """The file layer is taken out of SQLite."""
        self.vfs.unregister()


class _Vfs(apsw.VFS):
    def __init__(self, disk: Disk) -> None:
        super().__init__(disk.name, base="", maxpathname=1024)
        self.disk = disk

    def xOpen(self, name: Any, flags: list[int]) -> Any:
        disk = self.disk
        path = name if isinstance(name, str) or name is None else name.filename()
        if path is None:
            return _Handle(disk, File())
        if disk.dead:
            raise apsw.CantOpenError("the power is off")
        if path not in disk.files:
            if not flags[0] & apsw.SQLITE_OPEN_CREATE:
                raise apsw.CantOpenError(path)
            disk.operation()
            disk.files[path] = File()
        flags[1] = flags[0]
        return _Handle(disk, disk.files[path])

    def xDelete(self, path: str, sync: bool) -> None:
        disk = self.disk
        disk.operation()
        file = disk.files.pop(path, None)
        if file is None:
            raise apsw.IOError("nothing to delete")
        if file.listed:
            disk.deleted.setdefault(path, file)
        if sync:
            disk.operation()
            disk.deleted.clear()

    def xAccess(self, path: str, _flags: int) -> bool:
        return path in self.disk.files

    def xFullPathname(self, path: str) -> str:
        return path


class _Handle:
    def __init__(self, disk: Disk, file: File) -> None:
        self.disk, self.file, self.life = disk, file, disk.life

    def _alive(self) -> None:
        if self.disk.dead or self.life != self.disk.life:
            raise apsw.IOError("the power is off")

    def xRead(self, amount: int, offset: int) -> bytes:
        self._alive()
        return bytes(self.file.now[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:
        self._alive()
        disk, file = self.disk, self.file
        disk.writes += 1
        if disk.full_at is not None and disk.writes >= disk.full_at and offset + len(data) > 0:
            raise apsw.FullError("database or disk is full")
        image = bytes(data)
        file.pending.append((offset, image))  # the write that the power interrupts may arrive in part
        disk.operation()
        _put(file.now, offset, image)

    def xTruncate(self, size: int) -> None:
        self._alive()
        self.file.pending.append(size)
        self.disk.operation()
        _resize(self.file.now, size)

    def xSync(self, _flags: int) -> None:
        self._alive()
        disk, file = self.disk, self.file
        disk.syncs += 1
        if disk.sync_fails_at is not None and disk.syncs >= disk.sync_fails_at:
            disk.sync_fails_at = None
            raise apsw.IOError("the sync failed")
        if disk.syncs_left is not None:
            disk.syncs_left -= 1
            disk.dead = disk.syncs_left < 0
        if not (disk.dead and disk.sync_arrives):
            disk.operation()
        file.durable, file.pending = bytearray(file.now), []
        if not file.listed:  # as SQLite does on unix: the first sync of a journal syncs its directory
            file.listed = True
            disk.deleted.clear()
        if disk.dead:
            raise apsw.IOError("the power is off")

    def xFileSize(self) -> int:
        self._alive()
        return len(self.file.now)

    def xLock(self, _level: int) -> None:
        pass

    def xUnlock(self, _level: int) -> None:
        pass

    def xCheckReservedLock(self) -> bool:
        return False

    def xFileControl(self, _op: int, _pointer: int) -> bool:
        return False

    def xSectorSize(self) -> int:
        return 4096

    def xDeviceCharacteristics(self) -> int:
        return int(apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE)

    def xClose(self) -> None:
        pass


class Driver:
    """An apsw connection with the few methods the store uses, its faults in the words of sqlite3."""

    def __init__(self, path: str, vfs: str, pragmas: Sequence[str]) -> None:
        self._connection = _do(lambda: apsw.Connection(path, vfs=vfs))
        # as when pages and followers have the book open: closing leaves the log as it is
        self._connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        for pragma in pragmas:
            self.execute(f"PRAGMA {pragma}")

    def execute(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return _do(lambda: self._connection.execute(statement, tuple(values)).fetchall())

    def executemany(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        _do(lambda: self._connection.executemany(statement, rows))

    def close(self) -> None:
        _do(lambda: self._connection.close(True))


def _do(work: Any) -> Any:
    try:
        return work()
    except apsw.Error as error:
        text = "database or disk is full" if isinstance(error, apsw.FullError) else str(error)
        raise sqlite3.OperationalError(text) from error


def pragmas(journal: str = "WAL", synchronous: str = "FULL") -> tuple[str, ...]:
    """As the store opens its book, but WAL has the file to itself and so needs no memory shared between processes."""
    lock = "EXCLUSIVE" if journal == "WAL" else "NORMAL"  # a rollback journal is only deleted in normal mode
    return (
        f"locking_mode={lock}", f"journal_mode={journal}", f"synchronous={synchronous}", "wal_autocheckpoint=0",
        "temp_store=MEMORY", "cache_size=-4096",
    )  # fmt: skip


def connect_on(disk: Disk, settings: Sequence[str] | None = None) -> Any:
    """What a store takes as `connect`."""
    chosen = pragmas() if settings is None else settings
    return lambda path, read_only: Driver(path, disk.name, chosen)
