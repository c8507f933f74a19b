"""Commitments: what a log shows of a statement.

A leaf binds the node to a statement without telling anything of it: whoever does not know the salt can neither
read the statement's name out of it nor try names that it might be.
"""

from __future__ import annotations

import re
from hashlib import sha256

from carbonbridge.core.errors import BadInput

#: Bytes of a salt: as many as nobody can try through, at least.
LEAST_SALT, MOST_SALT = 16, 32

_DOMAIN = b"carbonbridge/commitment/1\n"
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})", re.ASCII)


def commit(salt: bytes, digest: str) -> bytes:
    """SHA-256 of a name for this purpose, the salt with its length before it (one byte), and the bare digest.

    Args:
        salt: random, of this statement alone.
        digest: the statement's name, ``sha256:<hex>``.

    Returns:
        32 bytes: an entry of the log. The leaf is :func:`.merkle.leaf_hash` of it.

    Raises:
        BadInput: too short or too long a salt, or no such name.
    """
    if not LEAST_SALT <= len(salt) <= MOST_SALT:
        raise BadInput(f"a salt has {LEAST_SALT} to {MOST_SALT} bytes", field="salt")
    named = _DIGEST.fullmatch(digest)
    if named is None:
        raise BadInput("is no name of a statement", field="digest")
    return sha256(b"%b%c%b%b" % (_DOMAIN, len(salt), salt, bytes.fromhex(named[1]))).digest()
