"""The set-up before the cases: a token, and the footprints to ask about. It is case 0.

A host that fails here is not tested any further: all other cases need what is found here.
"""

from __future__ import annotations

from typing import Any

from carbonbridge.client.conformance.case import Failed, case
from carbonbridge.client.conformance.trial import Trial, must, must_answer
from carbonbridge.client.conformance.version import ALL
from carbonbridge.client.conformance.wording import Text

_FEWEST = 2


@case(
    "0",
    ("Set-up: token and footprints", "准备：令牌与足迹"),
    expects=(
        "a token for the client id and secret, and a listing of at least two footprints, the first with a product id",
        "能以客户端凭证取得令牌，列表至少含两个足迹，且第一个有产品编号",
    ),
    section="PACT: Authentication; Action ListFootprints",
    mandatory=ALL,
)
def set_up(trial: Trial) -> None:
    """Fill in what the other cases need."""
    trial.token_endpoint = discover(trial)
    answer = trial.probe.send(
        "POST", trial.token_endpoint, trial.target.token_headers(), trial.target.token_body
    )
    body = answer.json if answer.status == 200 else None
    token = body.get("access_token") if isinstance(body, dict) else None
    if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable():
        raise Failed(
            Text(f"no access token: status {answer.status}", f"没有访问令牌：状态码 {answer.status}"),
            Text("Check base URL, client id and client secret.", "请检查基础 URL、客户端编号与密钥。"),
        )
    trial.token = token
    trial.redaction.hide(token)
    listing = trial.get("/footprints")
    must_answer(listing, 200, 202)
    data = listing.data
    if not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
        raise Failed(listing.shown())
    must(
        len(data) >= _FEWEST,
        Text(f"{len(data)} footprints for this client", f"该客户端可见 {len(data)} 个足迹"),
        Text(
            "Publish two footprints and share them with the test client.",
            "请发布两个足迹并授权给测试客户端。",
        ),
    )
    trial.footprints = data
    must(
        bool(trial.sample.product_ids and trial.sample.company_ids and trial.sample.id),
        Text(
            "the first footprint lacks an id, productIds or companyIds",
            "第一个足迹缺少 id、productIds 或 companyIds",
        ),
    )


def discover(trial: Trial) -> str:
    """Where to get a token: what the OpenID configuration says, else ``/auth/token``."""
    base = trial.target.auth_base_url or trial.target.base_url
    answer = trial.probe.send(
        "GET", f"{base}/.well-known/openid-configuration", {"Accept": "application/json"}
    )
    found: Any = None
    if answer.status == 200:
        try:
            found = answer.json
        except Failed:  # some hosts answer any path with a web page
            found = None
    endpoint = found.get("token_endpoint") if isinstance(found, dict) else None
    return endpoint if isinstance(endpoint, str) and endpoint else f"{base}/auth/token"
