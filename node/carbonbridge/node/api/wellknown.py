"""What anybody may read, and the token endpoint: OpenID configuration, public keys, ``/auth/token``."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from carbonbridge.node.api.answers import answer
from carbonbridge.node.api.call import Raw, base_url, limits_of, node_of, tenant, tokens_of
from carbonbridge.node.api.oauth import grant_token
from carbonbridge.node.app.signing import published_keys
from carbonbridge.node.ports.records import AuthMethod

router = APIRouter(tags=["authentication"])


@router.get("/.well-known/openid-configuration", summary="Where to get a token")
def openid_configuration(request: Request) -> Response:
    """OpenID Connect Discovery 1.0, as far as PACT v3 uses it; RFC 8705 §3.3 where the node asks for certificates."""
    base = base_url(request)
    if (org := tenant(request)) is not None:
        with node_of(request).store.snapshot() as tx:
            tx.parties.organisation(org)
    methods = [AuthMethod.BASIC.value, AuthMethod.KEY.value]
    bound = {}
    if request.app.state.client_certificates:
        methods.append(AuthMethod.CERTIFICATE.value)
        bound = {"tls_client_certificate_bound_access_tokens": True}
    return answer(
        {
            "issuer": base,
            "token_endpoint": f"{base}/auth/token",
            "jwks_uri": f"{base}/.well-known/jwks.json",
            "grant_types_supported": ["client_credentials"],
            "token_endpoint_auth_methods_supported": methods,
            "token_endpoint_auth_signing_alg_values_supported": ["EdDSA", "ES256"],
            **bound,
            "response_types_supported": ["token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["EdDSA"],
        }
    )


@router.get("/.well-known/jwks.json", summary="Public keys of the organisation's statements")
def public_keys(request: Request) -> Response:
    """JWK Set (RFC 7517 §5) of all times; a key that has ended says so (``exp``, ``revoked``)."""
    with node_of(request).store.snapshot() as tx:
        org = tenant(request) or tx.parties.default_organisation().slug
        tx.parties.organisation(org)
        keys = published_keys(tx, org)
    return answer(keys)


@router.post("/auth/token", summary="Get an access token")
def token(request: Request, body: Raw) -> Response:
    """OAuth 2.0 client credentials (RFC 6749 §4.4): HTTP Basic, a signed assertion, or a client certificate."""
    node = node_of(request)
    limits_of(request).check_address(request.scope, node.clock.now().timestamp())
    return grant_token(node, tokens_of(request), tenant(request), request, body)
