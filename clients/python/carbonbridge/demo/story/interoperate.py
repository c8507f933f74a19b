"""Others can work with it: the linter, partners that still speak PACT v2, and the conformance suite."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from carbonbridge.client import NodeClient, Wire
from carbonbridge.client.conformance import CallbackAddress, PactVersion, Report, Target, cases, run, trial_of
from carbonbridge.client.conformance.case import Outcome
from carbonbridge.client.transport import Blocking
from carbonbridge.core.document import read_json
from carbonbridge.core.exchange import HttpRequest, HttpResponse, authenticate, discover_token_endpoint, drive
from carbonbridge.demo.conformance import ORGANISATION, Suite, furnish
from carbonbridge.demo.network import Credentials, DemoFailed, NodeProcess, free_port
from carbonbridge.demo.report import Step, Text
from carbonbridge.demo.world import World

#: Seconds that a callback may take on a busy machine.
_WAIT = 60


def interoperate(world: World, step: Step) -> None:
    """The published module is judged, read in another version, and the node is put to the test."""
    published = world.footprint_in_force("module")
    if published is None:
        raise DemoFailed("the module is not published")
    _lint(world, step, published)
    _read_in_v2(world, step, published)
    for report in _conformance(world):
        _tell(step, report)


def _lint(world: World, step: Step, published: dict[str, Any]) -> None:
    found = world.operators["module"].findings(published["id"])
    step.check(
        "the linter finds no error in the module's footprint",
        "检查工具未发现组件碳足迹有错误",
        found["errors"] == 0,
        Text(
            f"score {found['score']}/100, {found['warnings']} warnings",
            f"得分 {found['score']}/100，{found['warnings']} 个警告",
        ),
    )
    step.facts["findings"] = [item["code"] for item in found["findings"]]


def _read_in_v2(world: World, step: Step, published: dict[str, Any]) -> None:
    """As a partner's older software does: nothing of the SDK but its way to a token."""
    if world.importer is None:
        raise DemoFailed("the importer has no credentials")
    base, wire = world.base_url("module"), Blocking(world.wire)

    def ask(request: HttpRequest) -> HttpResponse:
        return wire.send(request)

    endpoint = drive(discover_token_endpoint(base), ask)
    token = drive(authenticate(endpoint, world.importer.client_id, world.importer.client_secret), ask)
    headers = {"Authorization": f"Bearer {token.access_token}", "Accept": "application/json"}
    answer = ask(HttpRequest("GET", f"{base}/2/footprints/{published['id']}", headers))
    wire.close()
    older = read_json(answer.body).get("data", {}) if answer.status == 200 else {}
    amount = Decimal(published["pcf"]["declaredUnitAmount"])
    per_unit = older.get("pcf", {}).get("pCfExcludingBiogenic", "NaN")
    step.check(
        "a partner that speaks PACT 2.3 reads the same module, per one unit",
        "仍使用 PACT 2.3 的合作方读到同一组件（按一个单位计）",
        Decimal(per_unit) * amount == Decimal(published["pcf"]["pcfExcludingBiogenicUptake"]),
        f"{older.get('specVersion')}  {Decimal(per_unit):.3f} kgCO2e/m²",
    )


def _conformance(world: World) -> list[Report]:
    """The published cases of PACT's suite, callbacks included, against a tenant of the first regional node."""
    node = world.network.nodes["yrd"]
    port = free_port()
    folder = world.network.folder / "suite"
    folder.mkdir()
    certificate, key = world.network.authority.issue("suite", folder)
    address = CallbackAddress(port=port, certificate=certificate, key=key)
    login = _prepared(world, node, f"https://localhost:{port}")
    base, wire = f"{node.url}/o/{ORGANISATION}", Wire(world.network.ca_file, 20)
    reports = []
    for pact in (PactVersion.V3_0, PactVersion.V2_3):
        target = Target(base, login.client_id, login.client_secret, pact)
        with trial_of(target, wire, address, wait_seconds=_WAIT, settle_seconds=0) as trial:
            reports.append(run(trial, cases(pact, strict=False)))
    return reports


def _prepared(world: World, node: NodeProcess, suite_url: str) -> Credentials:
    def own(login: Credentials) -> NodeClient:
        base = f"{node.url}/o/{ORGANISATION}"
        return NodeClient(base, login.client_id, login.client_secret, wire=world.wire)

    with world.administrator(node.name) as administrator:
        return furnish(administrator, own, Suite(suite_url, on_loopback=True))


def _tell(step: Step, report: Report) -> None:
    passed = sum(one.outcome is Outcome.PASSED for one in report.results[1:])
    step.check(
        f"conformance suite, PACT {report.target.pact.value}: every case passes, callbacks included",
        f"一致性测试 PACT {report.target.pact.value}：全部用例通过（含回调）",
        report.passed and passed == len(report.results) - 1,
        f"{passed} / {len(report.results) - 1}",
    )
