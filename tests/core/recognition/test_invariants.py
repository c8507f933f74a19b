"""What holds of every verdict, whatever the case."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carbonbridge.core.document import read_json
from carbonbridge.core.recognition import evaluate
from carbonbridge.core.verdict import Decision, Verdict

ORDER = [Decision.ACCEPTED, Decision.CONDITIONAL, Decision.REJECTED]
VALID_TO = datetime(2028, 2, 1, tzinfo=UTC)

#: What a certificate may look like: good and bad, disclosed and not.
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(["valid", "withdrawn"]),
        "attestationType": st.sampled_from(["certification", "verification_opinion"]),
        "mark": st.sampled_from(["js-mark", "gba-mark"]),
        "cfp": st.fixed_dictionaries(
            {},
            optional={
                "primaryShare": st.sampled_from(["10", "80"]),
                "gwpSet": st.sampled_from(["AR5", "AR6"]),
                "electricity": st.lists(
                    st.fixed_dictionaries(
                        {
                            "series": st.sampled_from(["LCA", "CO2only"]),
                            "edition": st.sampled_from([2021, 2023, 2024]),
                            "factor": st.sampled_from(["0.5306", "0.6205", "0.5777"]),
                        },
                        optional={"kwh": st.sampled_from(["0", "1", "500"])},
                    ),
                    max_size=2,
                ),
            },
        ),
    },
)
CLAUSES = st.fixed_dictionaries(
    {},
    optional={
        "level": st.sampled_from(["L1", "L3"]),
        "purposes": st.sampled_from([["calculation"], ["procurement"]]),
        "method": st.fixed_dictionaries(
            {},
            optional={
                "electricity": st.fixed_dictionaries(
                    {}, optional={"boundPercent": st.sampled_from(["1", "50"])}
                ),
                "requiredStages": st.sampled_from([[], ["production"], ["use"]]),
            },
        ),
    },
)
pure = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def rank(verdict: Verdict) -> int:
    return ORDER.index(verdict.verdict)


@pure
@given(changes=CHANGES, clauses=st.lists(CLAUSES, max_size=3), seed=st.randoms(use_true_random=False))
def test_register_order_does_not_matter_and_replay_gives_the_same_bytes(world, changes, clauses, seed):
    agreements = [world.agreement(clause=c, id=f"urn:a:{n}") for n, c in enumerate(clauses)]
    inputs = world.inputs(certificate=world.certificate(**changes), agreements=tuple(agreements))
    schemes, issuers = list(inputs.schemes), [*inputs.issuers, world.issuer(id="https://other.example")]
    inputs = replace(inputs, issuers=tuple(issuers))
    verdict = evaluate(inputs)
    for register in (agreements, schemes, issuers):
        seed.shuffle(register)
    again = evaluate(
        replace(inputs, agreements=tuple(agreements), schemes=tuple(schemes), issuers=tuple(issuers))
    )
    assert again.canonical() == verdict.canonical()
    assert Verdict.read(read_json(verdict.canonical())).canonical() == verdict.canonical()


@pure
@given(changes=CHANGES, clause=CLAUSES)
def test_removing_evidence_never_improves(world, changes, clause):
    agreement = world.agreement(clause=clause)
    inputs = world.inputs(certificate=world.certificate(**changes), agreements=(agreement,))
    full = evaluate(inputs)
    without = [
        replace(inputs, certificate=None),
        replace(inputs, seal=None),
        replace(inputs, publisher_keys={}),
        replace(inputs, issuers=()),
        replace(inputs, schemes=()),
        replace(inputs, agreements=()),
        replace(inputs, agreements=(world.agreement(clause=clause, annexes=[]),)),
        replace(
            inputs,
            agreements=(world.agreement(clause={**clause, "issuers": {"deny": ["https://cb.example"]}}),),
        ),
    ]
    cfp = changes.get("cfp", {})
    hidden = [{k: v for k, v in use.items() if k != "kwh"} for use in cfp.get("electricity", [])]
    for poorer in (
        {**cfp, "electricity": hidden},
        {**cfp, "electricity": []},
        {**cfp, "primaryShare": None},
        {**cfp, "stages": []},
    ):
        without.append(replace(inputs, certificate=world.certificate(**{**changes, "cfp": poorer})))
    for less in without:
        assert rank(evaluate(less)) >= rank(full)


@pure
@given(
    changes=CHANGES,
    clause=CLAUSES,
    late=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=9999)),
)
def test_after_its_validity_no_certificate_is_accepted(world, changes, clause, late):
    verdict = world.evaluate(
        certificate=world.certificate(**changes),
        agreements=(world.agreement(clause=clause),),
        at=VALID_TO + late,
    )
    assert verdict.verdict is Decision.REJECTED
    assert "C-EXPIRED" in [check.code for check in verdict.reasons]


FACTORS = st.decimals("0", "2", places=4)


def _agreed(world, target):
    electricity = {"factorSeries": "LCA", "published": [], "target": {"edition": 2024, "factor": str(target)}}
    return world.agreement(clause={"method": {"electricity": electricity}})


@pure
@given(kwh=st.decimals("0", "10000", places=3), factor=FACTORS)
def test_identical_factors_have_no_delta(world, kwh, factor):
    use = {"series": "LCA", "edition": 2024, "factor": str(factor), "kwh": str(kwh)}
    verdict = world.evaluate(
        certificate=world.certificate(cfp={"electricity": [use]}), agreements=(_agreed(world, factor),)
    )
    assert verdict.verdict is Decision.ACCEPTED
    assert [delta.value for delta in verdict.deltas] == [Decimal(0)]
    assert verdict.adjusted_value == verdict.certified_value


@pure
@given(kwh=st.decimals("0", "10000", places=3), here=FACTORS, there=FACTORS)
def test_there_and_back_again_returns_the_value(world, kwh, here, there):
    def delta(used, target):
        use = {"series": "LCA", "edition": 2024, "factor": str(used), "kwh": str(kwh)}
        certificate = world.certificate(cfp={"electricity": [use]})
        return world.evaluate(certificate=certificate, agreements=(_agreed(world, target),)).deltas[0].value

    assert delta(here, there) + delta(there, here) == 0


def test_two_unequal_clauses_give_two_unequal_verdicts(world):
    there = world.agreement().clauses[0].document()
    back = {**there, "fromScheme": "gba-cfp", "toScheme": "js-cfp", "level": "L1"}
    agreement = world.agreement(clauses=[there, back])
    schemes = [
        world.certificate(),
        world.certificate(scheme="gba-cfp", mark="gba-mark"),
    ]
    issuer = world.issuer(schemes=["js-cfp", "gba-cfp"])
    verdicts = [
        world.evaluate(
            certificate=certificate, to_scheme=target, level="L2", agreements=(agreement,), issuers=(issuer,)
        ).verdict
        for certificate, target in zip(schemes, ["gba-cfp", "js-cfp"], strict=True)
    ]
    assert verdicts == [Decision.ACCEPTED, Decision.REJECTED]


def test_every_input_is_pinned_by_digest(world):
    verdict = world.evaluate()
    kinds = {pin.kind for pin in verdict.inputs}
    assert kinds == {
        "agreement",
        "certificate",
        "certifiedFootprint",
        "footprint",
        "issuer",
        "publisherKeys",
        "scheme",
        "seal",
    }
    changed = world.evaluate(footprint={**world.inputs().footprint, "comment": "x"})
    assert changed.inputs != verdict.inputs
    assert changed.digest != verdict.digest


def test_every_check_always_runs(world):
    good, bad = world.evaluate(), world.evaluate(certificate=None, agreements=(), seal=None)
    assert {check.code for check in good.checks} == {check.code for check in bad.checks}
    assert len(good.checks) >= 25


@pytest.mark.parametrize("kwh", ["1E+30", "1E-30"])
@pytest.mark.parametrize("factor", ["1E+30", "1E-30"])
def test_absurd_numbers_get_a_verdict_like_any_other(world, kwh, factor):
    use = {"series": "LCA", "edition": 2024, "factor": factor, "kwh": kwh}
    per = {"amount": "1E-30", "unit": "kWh"}
    certificate = world.certificate(cfp={"value": "1E+30", "per": per, "electricity": [use]})
    verdict = world.evaluate(certificate=certificate, agreements=(_agreed(world, Decimal("0.5777")),))
    assert verdict.verdict is Decision.REJECTED
    assert Verdict.read(read_json(verdict.canonical())).canonical() == verdict.canonical()
