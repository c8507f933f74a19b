"""Registers: signed versions, who may put what, and what held when."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from tests.support.entries import ENTRIES
from tests.support.network import ADMINISTRATOR, Network, Tenant

from carbonbridge.core.errors import AccessDenied, BadInput
from carbonbridge.core.keys import read_jwks
from carbonbridge.core.organisation import OrganisationKind as Kind
from carbonbridge.core.register import RegisterEntry
from carbonbridge.core.register import RegisterKind as Register
from carbonbridge.core.registers.keepers import may_keep
from carbonbridge.core.statement import verify
from carbonbridge.node.app.register import keep_entry, register_entry, register_organisation
from carbonbridge.node.app.signing import published_keys
from carbonbridge.node.ports.registry import RegisterVersion

RULE, BODY = Register.RULE, Register.BODY
HOUR = timedelta(hours=1)


def said(tenant: Tenant, version: RegisterVersion) -> RegisterEntry:
    """What the signed statement of a version says, verified with what the keeper publishes."""
    assert (version.org, version.statement is None) == (tenant.org, False)
    with tenant.node.store.snapshot() as tx:
        record = tx.footprints.statement(tenant.org, version.statement or "")
        keys = read_jwks(published_keys(tx, tenant.org))
    statement = verify(record.compact, keys)
    assert (statement.iss, statement.sub) == (tenant.base_url, version.entry_id)
    return RegisterEntry.of(statement)


def history(tenant: Tenant, kind: Register, entry_id: str) -> list[RegisterVersion]:
    with tenant.node.store.snapshot() as tx:
        return tx.registry.history(kind, entry_id)


def keep(tenant: Tenant, kind: Register, document: dict, **more) -> str:
    return keep_entry(tenant.node, tenant.operator, tenant.org, kind, document, **more)


def register(tenant: Tenant, kind: Register, document: dict, **more) -> str:
    return register_entry(tenant.node, ADMINISTRATOR, kind, document, **more)


@pytest.fixture
def regulator(network: Network) -> Tenant:
    return network.tenant(network.node(), "samr", kind=Kind.REGULATOR)


def test_every_version_is_a_signed_statement_and_none_is_overwritten(network: Network, regulator: Tenant):
    cancelled = {"status": "cancelled", "cancelledAt": "2026-06-01T00:00:00Z"}
    documents = [ENTRIES[RULE], ENTRIES[RULE] | cancelled]
    for document in documents:
        keep(regulator, RULE, document)
        network.clock.advance(HOUR)
    versions = history(regulator, RULE, "rule")
    assert [version.version for version in versions] == [1, 2]
    for version in versions:
        entry = said(regulator, version)
        assert (entry.kind, entry.version, entry.valid_from) == (RULE, version.version, version.valid_from)
        assert entry.document == version.document
    assert [version.document["status"] for version in versions] == ["filed", "cancelled"]


def test_a_correction_of_the_past_leaves_what_was_known_then(network: Network, regulator: Tenant):
    keep(regulator, RULE, ENTRIES[RULE])
    began = history(regulator, RULE, "rule")[0].valid_from
    network.clock.advance(HOUR)
    keep(regulator, RULE, ENTRIES[RULE] | {"filingNo": "2"}, valid_from=began)
    corrected = network.clock.now()
    with regulator.node.store.snapshot() as tx:
        known_then = tx.registry.at(RULE, "rule", began, known_at=began)
        known_now = tx.registry.at(RULE, "rule", began, known_at=corrected)
        before = tx.registry.at(RULE, "rule", began - HOUR)
    assert known_then is not None
    assert known_now is not None
    assert (known_then.document["filingNo"], known_now.document["filingNo"], before) == ("1", "2", None)


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory):
    network = Network(tmp_path_factory.mktemp("kinds"))
    node = network.node()
    tenants = {kind: network.tenant(node, kind.value.replace("_", "-"), kind=kind) for kind in Kind}
    register_entry(node, ADMINISTRATOR, Register.MARK, ENTRIES[Register.MARK])
    yield tenants
    network.close()


@pytest.mark.parametrize(("kind", "register_kind"), list(product(Kind, ENTRIES)))
def test_an_organisation_keeps_what_its_kind_may(kinds, kind: Kind, register_kind: Register):
    tenant = kinds[kind]
    document = {**ENTRIES[register_kind], "id": f"{kind}-own"}
    own_part = (kind, register_kind) != (Kind.CERTIFICATION_BODY, BODY)  # it cannot add itself
    if may_keep(kind, register_kind) and own_part:
        entry_id = keep(tenant, register_kind, document)
        assert said(tenant, history(tenant, register_kind, entry_id)[-1]).entry_id == entry_id
    else:
        with pytest.raises(AccessDenied):
            keep(tenant, register_kind, document)
        assert history(tenant, register_kind, f"{kind}-own") == []


def test_an_entry_stays_with_its_keeper(network: Network, regulator: Tenant):
    other = network.tenant(regulator.node, "ndrc", kind=Kind.REGULATOR)
    keep(other, RULE, ENTRIES[RULE])
    with pytest.raises(AccessDenied, match="another organisation"):
        keep(regulator, RULE, ENTRIES[RULE])
    keep(other, RULE, ENTRIES[RULE])
    # What an administrator put is signed by the platform, and may be taken over.
    register(regulator, RULE, ENTRIES[RULE] | {"id": "r2"})
    keep(other, RULE, ENTRIES[RULE] | {"id": "r2"})
    assert [version.org for version in history(other, RULE, "r2")] == ["samr", "ndrc"]


def test_several_keep_their_parts_of_a_bodys_entry(network: Network, regulator: Tenant):
    node = regulator.node
    body = network.tenant(node, "cb", kind=Kind.CERTIFICATION_BODY)
    cnas = network.tenant(node, "cnas", kind=Kind.ACCREDITATION_BODY)
    entry = ENTRIES[BODY] | {"id": body.base_url}
    approval = {"field": "13", "number": "1", "validFrom": "2025-01-01T00:00:00Z"}
    accreditation = approval | {
        "accreditor": "CNAS",
        "arrangement": "GAC MRA",
        "mainScope": "17029",
        "subScope": "CFP",
    }
    del accreditation["field"]
    steps = (
        (regulator, {"approvals": [approval]}),
        (cnas, {"accreditations": [accreditation]}),
        (body, {"staff": [{"field": "13", "persons": 12}]}),
    )
    for tenant, part in steps:
        entry = entry | part
        keep(tenant, BODY, entry)
    assert [version.org for version in history(body, BODY, body.base_url)] == ["samr", "cnas", "cb"]
    for tenant, foreign in ((body, "approvals"), (cnas, "approvals"), (regulator, "accreditations")):
        with pytest.raises(AccessDenied) as caught:
            keep(tenant, BODY, entry | {foreign: []})
        assert caught.value.field == foreign
    other = network.tenant(node, "cb2", kind=Kind.CERTIFICATION_BODY)
    with pytest.raises(AccessDenied, match="its own entry"):
        keep(other, BODY, entry | {"staff": []})


def test_what_comes_before_the_first_organisation_is_signed_by_it(network: Network):
    node = network.node()
    register_entry(node, ADMINISTRATOR, RULE, ENTRIES[RULE])
    with node.store.snapshot() as tx:
        (waiting,) = tx.registry.unsigned()
    assert (waiting.org, waiting.statement) == (None, None)
    tenant = network.tenant(node, "first")
    (signed,) = history(tenant, RULE, "rule")
    assert replace(signed, org=None, statement=None) == waiting
    assert said(tenant, signed).document == waiting.document
    with node.store.snapshot() as tx:
        assert tx.registry.unsigned() == []


def test_the_default_organisation_signs_for_administrators(network: Network):
    node = network.node()
    network.tenant(node, "old")
    made = register_organisation(
        node, ADMINISTRATOR, slug="main", name="Main", company_ids=["urn:lei:9"], is_default=True
    )
    register_entry(node, ADMINISTRATOR, RULE, ENTRIES[RULE])
    said(Tenant(node, made), history(Tenant(node, made), RULE, "rule")[0])


def test_a_grant_needs_its_mark(regulator: Tenant):
    with pytest.raises(BadInput) as caught:
        register(regulator, Register.MARK_GRANT, ENTRIES[Register.MARK_GRANT])
    assert caught.value.field == "mark"
    register(regulator, Register.MARK, ENTRIES[Register.MARK])
    register(regulator, Register.MARK_GRANT, ENTRIES[Register.MARK_GRANT])


def test_nobody_writes_the_register_of_keys(regulator: Tenant):
    (version,) = history(regulator, Register.ORGANISATION_KEYS, "samr")
    for put in (keep, register):
        with pytest.raises(AccessDenied):
            put(regulator, Register.ORGANISATION_KEYS, version.document)
    said(regulator, version)


def test_a_stranger_keeps_nothing(network: Network, regulator: Tenant):
    stranger = network.tenant(regulator.node, "stranger")
    with pytest.raises(AccessDenied):
        keep_entry(regulator.node, stranger.operator, "samr", RULE, ENTRIES[RULE])
    with pytest.raises(AccessDenied):
        keep_entry(regulator.node, ADMINISTRATOR, "samr", RULE, ENTRIES[RULE])
