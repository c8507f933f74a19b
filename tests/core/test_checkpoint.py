"""Checkpoints, and proofs that a statement is in the log: nothing of one may be another."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.test_note import LOG, LOG_KEY, STRANGER
from tests.core.trees import NaiveHashes, naive_root

from carbonbridge.core.checkpoint import Checkpoint, Inclusion, read_unverified, verify_checkpoint
from carbonbridge.core.commitment import commit
from carbonbridge.core.errors import BadInput, ProofInvalid, SignatureInvalid
from carbonbridge.core.merkle import EMPTY_ROOT, inclusion_proof
from carbonbridge.core.note import sign_note

ORIGIN = LOG_KEY.name
SIZE, INDEX = 6, 4
SALTS = [bytes([number]) * 16 for number in range(SIZE)]
NAMES = [f"sha256:{number:064x}" for number in range(SIZE)]
ENTRIES = [commit(salt, name) for salt, name in zip(SALTS, NAMES, strict=True)]
CHECKPOINT = Checkpoint(ORIGIN, SIZE, naive_root(ENTRIES))
PROOF = Inclusion(
    digest=NAMES[INDEX],
    salt=SALTS[INDEX],
    index=INDEX,
    size=SIZE,
    hashes=tuple(inclusion_proof(INDEX, SIZE, NaiveHashes(ENTRIES))),
    checkpoint=CHECKPOINT.sign(LOG),
)


def test_as_text() -> None:
    # The example of tlog-checkpoint.
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    checkpoint = Checkpoint.read(text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.text() == text
    assert Checkpoint.read(text + "an extension\n") == checkpoint


@given(st.integers(0, 2**62), st.binary(min_size=32, max_size=32))
def test_what_is_written_is_read(size: int, root: bytes) -> None:
    checkpoint = Checkpoint(ORIGIN, size, root)
    assert Checkpoint.read(checkpoint.text()) == checkpoint
    assert verify_checkpoint(checkpoint.sign(LOG), LOG_KEY) == checkpoint


ROOT = b64encode(EMPTY_ROOT).decode()


@pytest.mark.parametrize(
    "text",
    [
        *("", "a\n0\n", f"a\n0\n{ROOT}", f"\n0\n{ROOT}\n", f"a b\n0\n{ROOT}\n", f"a+b\n0\n{ROOT}\n"),
        *(
            f"a\n00\n{ROOT}\n",
            f"a\n-1\n{ROOT}\n",
            f"a\n+1\n{ROOT}\n",
            f"a\n１\n{ROOT}\n",
            f"a\n{10**30}\n{ROOT}\n",
        ),
        *("a\n0\nAAAA\n", f"a\n0\n{ROOT[:-1]}\n", f"a\n0\n {ROOT}\n", f"a\n{2**63}\n{ROOT}\n"),
    ],
)
def test_what_is_no_checkpoint(text: str) -> None:
    with pytest.raises(BadInput):
        Checkpoint.read(text)


def test_a_checkpoint_of_another_log_under_this_name_of_a_key() -> None:
    note = sign_note(replace(CHECKPOINT, origin="other.example/log").text(), ORIGIN, LOG)
    assert read_unverified(note).origin == "other.example/log"
    with pytest.raises(BadInput, match="another log"):
        verify_checkpoint(note, LOG_KEY)


def test_a_proof_leads_to_the_checkpoint() -> None:
    assert PROOF.verify(LOG_KEY) == CHECKPOINT
    assert Inclusion.read(PROOF.document()) == PROOF


@pytest.mark.parametrize(
    "forged",
    [
        replace(PROOF, digest=NAMES[0]),
        replace(PROOF, salt=SALTS[0]),
        *(replace(PROOF, index=index) for index in (-1, 0, 1, 2, 3, 5, 6, 2**70)),
        *(replace(PROOF, size=size) for size in (-1, 0, 4, 5, 7, 8, 2**70)),
        replace(PROOF, hashes=()),
        replace(PROOF, hashes=PROOF.hashes[:-1]),
        replace(PROOF, hashes=(*PROOF.hashes, bytes(32))),
        replace(PROOF, hashes=PROOF.hashes[::-1]),
        replace(PROOF, hashes=(b"", *PROOF.hashes[1:])),
        replace(PROOF, checkpoint=replace(CHECKPOINT, root=EMPTY_ROOT).sign(LOG)),
        replace(PROOF, checkpoint=replace(CHECKPOINT, size=7).sign(LOG)),
    ],
)
def test_a_forged_proof(forged: Inclusion) -> None:
    with pytest.raises(ProofInvalid):
        forged.verify(LOG_KEY)


def test_a_checkpoint_that_another_key_signed() -> None:
    with pytest.raises(SignatureInvalid):
        replace(PROOF, checkpoint=CHECKPOINT.sign(STRANGER)).verify(LOG_KEY)


@given(st.data())
def test_no_bit_of_a_proof_may_be_another(data: st.DataObject) -> None:
    document = PROOF.document()
    name = data.draw(st.sampled_from(["digest", "salt", "checkpoint", "hashes"]))
    number = data.draw(st.integers(0, len(PROOF.hashes) - 1))
    text = document["hashes"][number] if name == "hashes" else document[name]
    place = data.draw(st.integers(0, len(text) - 1))
    mark = data.draw(st.sampled_from("AQgw05af+/-_= \n~é").filter(lambda mark: mark != text[place]))
    changed = text[:place] + mark + text[place + 1 :]
    if name == "hashes":
        document["hashes"][number] = changed
    else:
        document[name] = changed
    with pytest.raises(BadInput):  # ProofInvalid and SignatureInvalid are such
        Inclusion.read(document).verify(LOG_KEY)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"digest": 1}, "digest"),
        ({"salt": "AA=="}, "salt"),
        ({"salt": "A"}, "salt"),
        ({"salt": "é"}, "salt"),
        ({"index": True}, "index"),
        ({"index": "4"}, "index"),
        ({"size": 6.0}, "size"),
        ({"hashes": "x"}, "hashes"),
        ({"hashes": [1]}, "hashes"),
        ({"hashes": ["A"]}, "hashes"),
        ({"checkpoint": None}, "checkpoint"),
        ({"more": 1}, "more"),
    ],
)
def test_what_is_no_proof(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        Inclusion.read(PROOF.document() | changes)
    assert caught.value.field == field
