"""The errors of CarbonBridge: raised once here, translated once per protocol.

Every error says who has to act (``blame``), which field is at fault where there is one, and what to do next. The HTTP,
gRPC and command-line edges translate them; nothing below the edges knows a status code.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar


class Blame(StrEnum):
    """Who can mend the error."""

    CALLER = "caller"  #: whoever sent the input
    PARTNER = "partner"  #: the other party of a connection
    OPERATOR = "operator"  #: whoever configured this node
    NODE = "node"  #: this software


class CarbonBridgeError(Exception):
    """Base of all errors.

    Args:
        message: one sentence a person can act on; never a secret, never a whole footprint.
        field: path of the offending field, in the sender's own spelling (``pcf.fossilGhgEmissions``).
        next_step: what to do about it.
    """

    code: ClassVar[str] = "InternalError"
    blame: ClassVar[Blame] = Blame.NODE

    def __init__(self, message: str, *, field: str | None = None, next_step: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.next_step = next_step

    def __str__(self) -> str:
        where = f"{self.field}: " if self.field else ""
        if not self.next_step:
            return f"{where}{self.message}"
        stop = "" if self.message.endswith((".", "!", "?", "。", "！", "？")) else "."
        return f"{where}{self.message}{stop} {self.next_step}"


class BadInput(CarbonBridgeError):
    """The input breaks a rule of its format or of the domain."""

    code = "BadRequest"
    blame = Blame.CALLER


class TooLarge(BadInput):
    """The input is larger than the limit that is configured."""

    code = "TooLarge"


class NotAuthenticated(CarbonBridgeError):
    """No credentials, or credentials that do not hold."""

    code = "NotAuthenticated"
    blame = Blame.CALLER


class TokenExpired(NotAuthenticated):
    """The access token was good once (PACT v3 error code ``TokenExpired``)."""

    code = "TokenExpired"


class TooManyRequests(CarbonBridgeError):
    """The caller asks more often than it may.

    Args:
        retry_after: whole seconds after which the next call passes.
    """

    code = "TooManyRequests"
    blame = Blame.CALLER

    def __init__(
        self, message: str, *, retry_after: int = 1, field: str | None = None, next_step: str | None = None
    ) -> None:
        super().__init__(message, field=field, next_step=next_step)
        self.retry_after = retry_after


class AccessDenied(CarbonBridgeError):
    """The caller is known and may not do this."""

    code = "AccessDenied"
    blame = Blame.CALLER


class NotFound(CarbonBridgeError):
    """There is no such object, or none that the caller may know of."""

    code = "NotFound"
    blame = Blame.CALLER


class Conflict(CarbonBridgeError):
    """The object is not in a state that allows this (already answered, already published …)."""

    code = "Conflict"
    blame = Blame.CALLER


class NotSupported(CarbonBridgeError):
    """The protocol knows this, the node does not offer it (PACT ``NotImplemented``)."""

    code = "NotImplemented"
    blame = Blame.OPERATOR


class SignatureInvalid(BadInput):
    """A signature does not hold over the bytes it is said to sign, or its key is unknown."""

    code = "SignatureInvalid"


class ProofInvalid(BadInput):
    """A proof does not show what it is said to show: another leaf, another tree, or none at all."""

    code = "ProofInvalid"


class Misconfigured(CarbonBridgeError):
    """A setting is missing or wrong; the node refuses to start."""

    code = "Misconfigured"
    blame = Blame.OPERATOR


class PartnerRefused(CarbonBridgeError):
    """A partner's host answered with an error that trying again will not cure."""

    code = "PartnerRefused"
    blame = Blame.PARTNER


class TokenRefused(PartnerRefused):
    """A partner's host no longer takes our access token: get a new one and try once more."""


class SignInRefused(PartnerRefused):
    """A partner's token endpoint does not take our request as it is; of our credentials, that says nothing."""


class CredentialsRefused(SignInRefused):
    """A partner's host does not take our credentials.

    Args:
        said: what it answered, unless that is exactly this (``invalid_client``).
    """

    def __init__(self, said: str = "") -> None:
        super().__init__(
            "the partner's host does not take our credentials" + (f" ({said})" if said else ""),
            next_step="Ask the partner for new credentials and store them with the connection.",
        )
        self.said = said


class PartnerUnreachable(CarbonBridgeError):
    """A partner's host did not answer, or said that it is busy: try again later."""

    code = "PartnerUnreachable"
    blame = Blame.PARTNER


class AddressForbidden(CarbonBridgeError):
    """The address is not one this node may call (see the threat model, outgoing calls)."""

    code = "AddressForbidden"
    blame = Blame.OPERATOR


class StorageFailed(CarbonBridgeError):
    """The store reported an input/output error: the node stops rather than going on unsure of what is durable."""

    code = "StorageFailed"
    blame = Blame.OPERATOR


class StoreUnreachable(StorageFailed):
    """The database server does not answer, does not let us in, or has gone away."""


class StoreBusy(CarbonBridgeError):
    """Somebody else was in the store for too long (a lock, no free connection); nothing was changed: try again."""

    code = "Busy"
