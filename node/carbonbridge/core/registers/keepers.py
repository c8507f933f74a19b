"""Who may keep which register: one table by kind of organisation, and one for the parts of a body's entry.

The node's administrators keep them all; what they put is signed by the organisation that operates the platform.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from carbonbridge.core.errors import AccessDenied
from carbonbridge.core.organisation import OrganisationKind as Kind
from carbonbridge.core.register import RegisterKind as Register

_PLATFORM = frozenset({Kind.PLATFORM_OPERATOR})
_AUTHORITY = _PLATFORM | {Kind.REGULATOR}

#: The kinds of organisations whose operators may put entries. No kind that is not named may.
KEEPERS: Mapping[Register, frozenset[Kind]] = {
    Register.SCHEME: _AUTHORITY | {Kind.ALLIANCE},
    Register.AGREEMENT: _AUTHORITY | {Kind.ALLIANCE},
    Register.ISSUER: _AUTHORITY,
    Register.FACTOR_SET: _AUTHORITY | {Kind.STANDARDS_BODY},
    Register.BODY: _AUTHORITY | {Kind.ACCREDITATION_BODY, Kind.CERTIFICATION_BODY},
    Register.RULE: _AUTHORITY,
    Register.STANDARD: _AUTHORITY | {Kind.STANDARDS_BODY},
    Register.MARK: _AUTHORITY | {Kind.ALLIANCE},
    Register.MARK_GRANT: _AUTHORITY | {Kind.ALLIANCE, Kind.CERTIFICATION_BODY},
    Register.DENY_LIST: _AUTHORITY,
    Register.LEGAL_INSTRUMENT: _AUTHORITY,
    # Written when a key is made, rotated or revoked, and signed by the organisation whose keys they are.
    Register.ORGANISATION_KEYS: frozenset(),
}

#: The members of a certification body's entry that a kind may change; those who are not named may change all.
#: A certification body states its sites and staff itself, and only its own; what others attest to it, it cannot.
BODY_PARTS: Mapping[Kind, frozenset[str]] = {
    Kind.ACCREDITATION_BODY: frozenset({"accreditations"}),
    Kind.CERTIFICATION_BODY: frozenset({"sites", "staff"}),
    Kind.REGULATOR: frozenset({"id", "name", "sites", "staff", "approvals", "creditGrades"}),
}


def may_keep(kind: Kind, register: Register) -> bool:
    """Whether an organisation of that kind may put entries into a register."""
    return kind in KEEPERS[register]


def check_keeper(
    kind: Kind, register: Register, document: Mapping[str, Any], before: Mapping[str, Any] | None
) -> None:
    """Refuse an entry that the organisation may not keep, or in which it changes what is not its own to change.

    Args:
        document: the entry to be.
        before: the entry that it takes the place of; None: it is new.

    Raises:
        AccessDenied: says who may, or names the member.
    """
    if not may_keep(kind, register):
        keepers = ", ".join(sorted(keeper.value for keeper in KEEPERS[register])) or "nobody by hand"
        raise AccessDenied(
            f"an organisation of the kind {kind.value} does not keep the register {register.value}",
            field="kind",
            next_step=f"It is kept by: {keepers}.",
        )
    if register is not Register.BODY or kind not in BODY_PARTS:
        return
    known = before or {}
    allowed = BODY_PARTS[kind]
    if before is None and kind is Kind.ACCREDITATION_BODY:
        allowed |= {"id", "name"}  # a body that is new to the register, abroad say
    changed = {name for name in known.keys() | document.keys() if known.get(name) != document.get(name)}
    # What was absent and is now an empty list has not changed.
    changed = {name for name in changed if known.get(name) or document.get(name)}
    if foreign := sorted(changed - allowed):
        raise AccessDenied(
            f"an organisation of the kind {kind.value} may change {', '.join(sorted(allowed))} alone",
            field=foreign[0],
        )
