"""Published cases 1, 2, 9, 18, 19: the token endpoint."""

from __future__ import annotations

from carbonbridge.client.conformance.case import Failed, case
from carbonbridge.client.conformance.causes import NO_AUTH_TOKEN, PLAIN_HTTP
from carbonbridge.client.conformance.probe import NoAnswer
from carbonbridge.client.conformance.target import random_text, without_tls
from carbonbridge.client.conformance.trial import Trial, must_answer
from carbonbridge.client.conformance.version import ALL
from carbonbridge.client.conformance.wording import Text

_SECTION = "PACT: Authentication; RFC 6749 §4.4"


def _token_request(trial: Trial, url: str, *, good: bool) -> int:
    target = trial.target
    headers = target.token_headers() if good else target.token_headers(random_text(16), random_text(16))
    answer = trial.probe.send("POST", url, headers, target.token_body)
    if not good:
        must_answer(answer, 400, 401)
    elif answer.status != 200:  # the body may hold a token: it is not shown
        raise Failed(Text(f"status {answer.status}", f"状态码 {answer.status}"))
    return answer.status


def _oidc_endpoint(trial: Trial) -> str:
    """An endpoint below the base URL is taken for the plain one, and that must be there too."""
    base = trial.target.base_url
    return f"{base}/auth/token" if trial.token_endpoint.startswith(base) else trial.token_endpoint


@case(
    "1",
    ("Obtain auth token with valid credentials", "以有效凭证取得令牌"),
    expects=("status 200", "状态码 200"),
    section=_SECTION,
    mandatory=ALL,
)
def valid_credentials(trial: Trial) -> None:
    """POST, HTTP Basic, form body."""
    _token_request(trial, trial.token_endpoint, good=True)


@case(
    "2",
    ("Obtain auth token with invalid credentials", "以无效凭证请求令牌"),
    expects=("status 400 or 401", "状态码 400 或 401"),
    section=_SECTION,
    mandatory=ALL,
)
def invalid_credentials(trial: Trial) -> None:
    """Id and secret are random."""
    _token_request(trial, trial.token_endpoint, good=False)


@case(
    "9",
    ("Attempt authentication through HTTP", "经由 HTTP 认证"),
    expects=("no token: no answer, or any status but 200", "不得给出令牌：无应答，或非 200 状态码"),
    section="PACT: HTTPS only",
    mandatory=ALL,
)
def plain_http(trial: Trial) -> None:
    """The token endpoint's address with http in place of https."""
    try:
        _token_request(trial, without_tls(trial.token_endpoint), good=True)
    except (NoAnswer, Failed):
        return
    raise Failed(Text("status 200 over plain HTTP", "明文 HTTP 返回状态码 200"), PLAIN_HTTP)


@case(
    "18",
    ("OpenID Connect-based authentication flow", "基于 OpenID Connect 的认证流程"),
    expects=("status 200", "状态码 200"),
    section="PACT: Authentication, OpenID provider configuration",
    optional=ALL,
)
def openid_flow(trial: Trial) -> None:
    """The discovered endpoint, or ``/auth/token`` if that is below the base URL."""
    try:
        _token_request(trial, _oidc_endpoint(trial), good=True)
    except Failed as failure:
        raise Failed(failure.received, NO_AUTH_TOKEN) from None


@case(
    "19",
    ("OpenID Connect-based flow with incorrect credentials", "以错误凭证走 OpenID Connect 流程"),
    expects=("status 400 or 401", "状态码 400 或 401"),
    section="PACT: Authentication, OpenID provider configuration",
    optional=ALL,
)
def openid_flow_refused(trial: Trial) -> None:
    """Id and secret are random."""
    try:
        _token_request(trial, _oidc_endpoint(trial), good=False)
    except Failed as failure:
        raise Failed(failure.received, NO_AUTH_TOKEN) from None
