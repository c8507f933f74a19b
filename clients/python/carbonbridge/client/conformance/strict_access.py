"""The stricter set, S-27 to S-34: tokens, errors, plain HTTP."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from carbonbridge.client.conformance.case import Inapplicable, strict
from carbonbridge.client.conformance.causes import ERROR_BODY, PLAIN_HTTP
from carbonbridge.client.conformance.probe import NoAnswer, Received
from carbonbridge.client.conformance.target import random_text, without_tls
from carbonbridge.client.conformance.trial import Trial, must, must_answer
from carbonbridge.client.conformance.wording import Text, verbatim
from carbonbridge.core.document import read_json
from carbonbridge.core.errors import BadInput

_TOKENS = "PACT: Authentication; RFC 6749"
_ERRORS = "PACT: Error responses"
_LONGEST_HOURS = 24


def _new_token(trial: Trial) -> Received:
    target = trial.target
    answer = trial.probe.send("POST", trial.token_endpoint, target.token_headers(), target.token_body)
    body = answer.json
    if isinstance(body, dict) and isinstance(body.get("access_token"), str):
        trial.redaction.hide(body["access_token"])
    return answer


def claims(token: str) -> dict[str, Any] | None:
    """The claims of a token that is a JWT (RFC 7519), unverified; None if it is none."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        read = [read_json(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in parts[:2]]
    except (binascii.Error, ValueError, BadInput):
        return None
    return {"alg": read[0].get("alg"), **read[1]} if all(isinstance(one, dict) for one in read) else None


@strict(
    "27",
    ("The token's answer is OAuth's", "令牌应答符合 OAuth"),
    expects=(
        "token_type bearer, expires_in as a positive number, and Cache-Control: no-store",
        "token_type 为 bearer，expires_in 为正数，并有 Cache-Control: no-store",
    ),
    section="RFC 6749 §5.1; PACT: tokens SHOULD expire",
)
def token_answer(trial: Trial) -> None:
    """What PACT leaves to OAuth."""
    answer = _new_token(trial)
    must_answer(answer, 200)
    body = answer.json if isinstance(answer.json, dict) else {}
    must(
        str(body.get("token_type", "")).lower() == "bearer", verbatim(f"token_type {body.get('token_type')}")
    )
    seconds = body.get("expires_in")
    must(type(seconds) is int and seconds > 0, verbatim(f"expires_in {seconds}"))
    control = answer.headers.get("cache-control", "")
    must("no-store" in control.lower(), verbatim(f"Cache-Control: {control[:100]}"))


@strict(
    "28",
    ("A JWT expires and is for this host", "JWT 会过期且限定受众"),
    expects=("exp within a day, an aud, a signature algorithm", "exp 在一天之内，有 aud，有签名算法"),
    section="RFC 9068 §2.2; PACT: tokens SHOULD expire",
)
def token_claims(trial: Trial) -> None:
    """If the token is a JWT at all."""
    found = claims(trial.token)
    if found is None:
        raise Inapplicable(Text("the token is no JWT", "令牌不是 JWT"))
    must(str(found.get("alg")).lower() != "none", verbatim("alg none"))
    expiry = found.get("exp")
    hours = (expiry - datetime.now(UTC).timestamp()) / 3600 if isinstance(expiry, int) else None
    must(hours is not None and 0 < hours <= _LONGEST_HOURS, verbatim(f"exp {expiry}"))
    must(bool(found.get("aud")), Text("no aud", "没有 aud"))


@strict(
    "29",
    ("A token that was changed is refused", "被篡改的令牌遭拒绝"),
    expects=("status 400 or 401", "状态码 400 或 401"),
    section=_ERRORS,
)
def changed_token(trial: Trial) -> None:
    """One character in the middle of the last part, and one at the very begin."""
    at = len(trial.token) - max(2, len(trial.token.rpartition(".")[2]) // 2)
    for place in (at, 0):
        other = "A" if trial.token[place] != "A" else "B"
        forged = trial.token[:place] + other + trial.token[place + 1 :]
        trial.redaction.hide(forged)
        must_answer(trial.get("/footprints?limit=1", forged), 400, 401)


@strict(
    "30",
    ("Nothing without a token", "没有令牌就没有数据"),
    expects=(
        "status 400, 401 or 403 and no data, for List, Get and Events",
        "List、Get 与 Events 均返回 400、401 或 403，且无数据",
    ),
    section=_ERRORS,
)
def no_token(trial: Trial) -> None:
    """No Authorization header at all."""
    for method, path in (
        ("GET", "/footprints"),
        ("GET", f"/footprints/{trial.sample.id}"),
        ("POST", "/events"),
    ):
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        answer = trial.probe.send(method, trial.root + path, headers, b"{}" if method == "POST" else b"")
        must_answer(answer, 400, 401, 403)
        must(answer.data is None, answer.shown)


@strict(
    "31",
    ("Another grant is refused in OAuth's words", "其他授权类型按 OAuth 拒绝"),
    expects=('status 400 and {"error": …}', '状态码 400 与 {"error": …}'),
    section="RFC 6749 §5.2",
)
def other_grant(trial: Trial) -> None:
    """``grant_type=password``, and credentials that do not hold."""
    target, url = trial.target, trial.token_endpoint
    answer = trial.probe.send("POST", url, target.token_headers(), b"grant_type=password")
    must_answer(answer, 400)
    wrong = trial.probe.send("POST", url, target.token_headers(None, random_text(24)), target.token_body)
    must_answer(wrong, 400, 401)
    for one in (answer, wrong):
        body = one.json
        must(isinstance(body, dict) and isinstance(body.get("error"), str), one.shown, ERROR_BODY)


@strict(
    "32",
    ("Errors are JSON with code and message", "错误为含 code 与 message 的 JSON"),
    expects=("application/json, and the code of the specification", "application/json，且代码符合规范"),
    section=_ERRORS,
)
def error_bodies(trial: Trial) -> None:
    """A footprint that is not there, an id that is none, a limit that is none."""
    unknown = (trial.pact.not_found, "BadRequest")
    wanted = {
        "/footprints/00000000-0000-0000-0000-000000000000": unknown,
        "/footprints/no-such-id": unknown,
        "/footprints?limit=x": ("BadRequest",),
    }
    for path, codes in wanted.items():
        answer = trial.get(path)
        must(400 <= answer.status < 500, answer.shown)
        body = answer.json
        told = isinstance(body, dict) and body.get("code") in codes and isinstance(body.get("message"), str)
        must(told, answer.shown, ERROR_BODY)


@strict(
    "33",
    ("Plain HTTP gives nothing away", "明文 HTTP 不泄露内容"),
    expects=("no answer, an error, or a redirect to https", "无应答、错误，或重定向到 https"),
    section="PACT: HTTPS only",
)
def nothing_over_http(trial: Trial) -> None:
    """Without credentials, so that nothing is given away by the test either."""
    for path in (f"/{trial.pact.major}/footprints", "/.well-known/openid-configuration"):
        url = without_tls(trial.target.base_url) + path
        try:
            answer = trial.probe.send("GET", url, {"Accept": "application/json"})
        except NoAnswer:
            continue
        must(answer.status >= 300, answer.shown, PLAIN_HTTP)
        if answer.status < 400:
            target = urljoin(url, answer.headers.get("location", ""))
            must(urlsplit(target).scheme == "https", verbatim(f"Location: {target[:200]}"), PLAIN_HTTP)


@strict(
    "34",
    ("The OpenID configuration leads to TLS", "OpenID 配置指向 TLS"),
    expects=("an https token_endpoint, if there is a configuration", "若有配置，token_endpoint 为 https"),
    section="PACT: Authentication, OpenID provider configuration",
)
def discovered_endpoint(trial: Trial) -> None:
    """What the set-up found."""
    must(trial.token_endpoint.startswith("https://"), verbatim(trial.token_endpoint[:200]))
