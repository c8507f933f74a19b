"""From a document to the entry of a register: each kind has one record, which reads and writes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from carbonbridge.core.agreement import RecognitionAgreement
from carbonbridge.core.errors import BadInput
from carbonbridge.core.factor import FactorSet
from carbonbridge.core.keyring import OrganisationKeys
from carbonbridge.core.record import StrictRecord
from carbonbridge.core.register import RegisterKind
from carbonbridge.core.registers.body import CertificationBody
from carbonbridge.core.registers.deny import Denial
from carbonbridge.core.registers.instrument import LegalInstrument
from carbonbridge.core.registers.mark import Mark, MarkGrant
from carbonbridge.core.registers.rule import CertificationRule
from carbonbridge.core.registers.standard import Standard
from carbonbridge.core.scheme import IssuerEntry, Scheme

#: The record of each register. All have an ``id``, but for a set of factors, which is given one.
RECORDS: Mapping[RegisterKind, type[StrictRecord]] = {
    RegisterKind.SCHEME: Scheme,
    RegisterKind.AGREEMENT: RecognitionAgreement,
    RegisterKind.ISSUER: IssuerEntry,
    RegisterKind.FACTOR_SET: FactorSet,
    RegisterKind.BODY: CertificationBody,
    RegisterKind.RULE: CertificationRule,
    RegisterKind.STANDARD: Standard,
    RegisterKind.MARK: Mark,
    RegisterKind.MARK_GRANT: MarkGrant,
    RegisterKind.DENY_LIST: Denial,
    RegisterKind.LEGAL_INSTRUMENT: LegalInstrument,
    RegisterKind.ORGANISATION_KEYS: OrganisationKeys,
}


def read_entry(kind: RegisterKind, document: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The id of an entry and its document, as the record of its kind writes it.

    A set of emission factors has no name of its own: it may bring an ``id`` beside its members, or is the node's
    ``default`` set.

    Raises:
        BadInput: names the first field at fault.
    """
    members = dict(document)
    if kind is RegisterKind.FACTOR_SET:
        entry_id = members.pop("id", "default")
        if not isinstance(entry_id, str) or not entry_id.strip():
            raise BadInput("must be text", field="id")
        return entry_id, FactorSet.read(members).document()
    written = RECORDS[kind].read(members).document()
    return str(written["id"]), written
