"""Secrets in files: readable by the node's own account alone, written whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from uuid import uuid4

from carbonbridge.core.errors import Misconfigured, StorageFailed


def create_secret_file(path: Path, data: bytes) -> bytes:
    """Write a new file of mode 0600, durable when this returns; a file that is there already wins.

    Two processes may race for it: both get the bytes of the one file.

    Returns:
        The bytes of the file.

    Raises:
        StorageFailed: the disk refused.
        Misconfigured: the file that is there is open to others.
    """
    draft = path.with_name(f".{path.name}.{uuid4()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            _write(draft, data)
            # A hard link, unlike a rename, never replaces what is there.
            os.link(draft, path)
        finally:
            draft.unlink(missing_ok=True)
        _sync_folder(path.parent)
    except FileExistsError:
        return _read_existing(path)
    except OSError as error:
        raise StorageFailed(f"the key file {path} could not be written ({error.strerror})") from None
    return data


def replace_secret_file(new: Path, path: Path) -> bool:
    """Put a secret file in the place of another, durable when this returns; False: the new one is not there.

    Raises:
        StorageFailed: the disk refused.
    """
    try:
        new.replace(path)
        _sync_folder(path.parent)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StorageFailed(f"the key file {path} could not be replaced ({error.strerror})") from None
    return True


def stamp_of(path: Path) -> tuple[int, int] | None:
    """What changes when another file takes its place; None where there is none.

    Raises:
        StorageFailed: the disk refused.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StorageFailed(f"the key file {path} could not be read ({error.strerror})") from None
    return found.st_ino, found.st_mtime_ns


def read_secret_file(path: Path) -> bytes | None:
    """The bytes of the file; None where there is none.

    Raises:
        StorageFailed: the disk refused.
        Misconfigured: others may read the file.
    """
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if mode & 0o077:
                raise Misconfigured(
                    f"the key file {path} is open to other accounts (mode {mode:o})",
                    next_step=f"Run chmod 600 {path}, and replace the key if somebody may have read it.",
                )
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StorageFailed(f"the key file {path} could not be read ({error.strerror})") from None


def _read_existing(path: Path) -> bytes:
    data = read_secret_file(path)
    if data is None:
        raise StorageFailed(f"the key file {path} is gone")
    return data


def _write(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """A new name is durable once its folder is."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
