"""Which own footprints a listing holds: a walk along postings, in the order of the listing.

A question is a list of groups: of each group, a footprint has one pair (kind, value) at least. To answer it, the group
whose postings thin out soonest is walked, a bounded number of rows at a time, and the others are looked up for each
row. However many footprints there are, a step costs the same; how many steps a page takes depends on how many rows of
the walked group the others turn down.

The same as ``core.criteria.matches`` and ``core.disclosure.may_see``; a property test compares them on both databases.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from carbonbridge.core.criteria import FootprintCriteria
from carbonbridge.core.disclosure import Grant
from carbonbridge.core.vocabulary import FootprintStatus
from carbonbridge.node.db.columns import dump_json, is_storable_key
from carbonbridge.node.db.postings import PERIOD, STATUS, micros, month, status_word

Pair = tuple[str, str]
Group = tuple[Pair, ...]

#: Rows of the first step and of the longest.
_FIRST, _LONGEST = 256, 2048

#: So many times as many where no row has to be looked up in another group: such a row costs a tenth.
_LIGHT = 4

#: Rows that PostgreSQL reads in the time of one look-up.
_READ = 8

#: Rows of each posting list in a step, where a group has many.
_FEWEST = 8

#: Holds every footprint, with its period.
_EVERY = tuple((STATUS, status_word(status)) for status in FootprintStatus)

#: Groups of more pairs than this are compared with a footprint's own keys, one by one.
_WIDE = 8


class Reader(Protocol):
    """Runs queries written with ``?``."""

    @property
    def is_postgresql(self) -> bool: ...
    def rows(self, statement: str, parameters: Sequence[object]) -> Sequence[Any]:
        """The rows that a query finds."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """What a listing asks for.

    Attributes:
        groups: alternatives each; none at all asks for everything.
        bounds: of validity, on the posting itself: an expression with ``?``, and its parameter.
        status: likewise.
    """

    org: str
    groups: tuple[Group, ...] = ()
    bounds: tuple[tuple[str, object], ...] = ()
    status: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """One step of a walk.

    Attributes:
        driver: the group that is walked.
        after, until: from where to where in the listing; None: to the driver's end.
        near: groups that have so few postings on the way that they are read rather than looked up.
    """

    driver: Group
    after: int
    until: int | None
    near: frozenset[Group] = frozenset()


def pose(
    reader: Reader, org: str, criteria: FootprintCriteria, grants: Iterable[Grant] | None, at: datetime
) -> Question | None:
    """The question; None if nothing can answer it.

    Args:
        grants: those of the partner who asks; None: the owner asks.
        at: the instant of the question.
    """
    groups = [[(kind.value, value) for value in values] for kind, values in criteria.key_groups()]
    wanted: list[tuple[str, object]] = []
    if criteria.status:
        statuses = [status for status in FootprintStatus if status.casefold() in criteria.statuses()]
        if len(statuses) < len(FootprintStatus):
            groups.append([(STATUS, status_word(status)) for status in statuses])
            wanted += [("d.status = ?", status.value) for status in statuses]
    if grants is not None:
        opened = [grant.key for grant in grants if grant.in_force(at)]
        if None not in opened:
            groups.append([(key[0].value, key[1]) for key in opened if key is not None])
    within: list[tuple[str, object]] = []
    if bounds := _bounds(criteria):
        within = [(f"d.{column} {sign} ?", micros(bound)) for column, sign, bound in bounds]
        groups.append([(PERIOD, value) for value in _periods(reader, org, bounds)])
    known = [tuple(sorted({pair for pair in group if is_storable_key(pair[1])})) for group in groups]
    return Question(org, tuple(known), tuple(within), tuple(wanted)) if all(known) else None


def walk(reader: Reader, question: Question, after: int, limit: int) -> list[int]:
    """The ``seq`` of the first footprints after a place in the listing that answer a question."""
    if not question.groups:
        found = reader.rows(
            "SELECT seq FROM footprint WHERE org = ? AND seq > ? ORDER BY seq LIMIT ?",
            (question.org, after, limit),
        )
        return [row[0] for row in found]
    seqs: list[int] = []
    size = _FIRST
    # Periods are many lists, so that it costs some to see how far they lead; and every posting tells the period. So
    # every other step leaves them out: one leaps to where the period begins, the next fills the page from there.
    few = tuple(group for group in question.groups if group[0][0] != PERIOD) or (_EVERY,)
    every = (*few, *(group for group in question.groups if group[0][0] == PERIOD))
    groups = few
    while len(seqs) < limit:
        stretch = _furthest(reader, question, groups, after, size)
        found = _step(reader, question, stretch, limit - len(seqs))
        seqs += found
        if stretch.until is None:
            break
        groups = every if groups is few else few
        after, size = stretch.until, _next(size, len(found), limit - len(seqs))
    return seqs


def _next(size: int, found: int, missing: int) -> int:
    """Rows of the next step: as many as fill the page if it goes on like this, and a third for good measure."""
    return min(max(2 * size, 4 * size * missing // (3 * max(found, 1))), 8 * size, _LONGEST)


def _bounds(criteria: FootprintCriteria) -> list[tuple[str, str, datetime]]:
    bounds = [
        ("valid_from", "<=", criteria.valid_on),
        ("valid_until", ">=", criteria.valid_on),
        ("valid_from", ">", criteria.valid_after),
        ("valid_until", "<", criteria.valid_before),
    ]
    return [(column, sign, bound) for column, sign, bound in bounds if bound is not None]


def _periods(reader: Reader, org: str, bounds: Sequence[tuple[str, str, datetime]]) -> list[str]:
    """The periods of the organisation's footprints in which one may lie within the bounds."""
    found = [row[0] for row in reader.rows("SELECT value FROM footprint_period WHERE org = ?", (org,))]
    for column, sign, bound in bounds:
        edge = month(bound)
        part = 0 if column == "valid_from" else 1
        above = sign in (">", ">=")
        found = [
            value
            for value in found
            if (value.split("/")[part] >= edge if above else value.split("/")[part] <= edge)
        ]
    return found


def _furthest(reader: Reader, question: Question, groups: Sequence[Group], after: int, size: int) -> Stretch:
    """Walks, of some groups, the one whose next ``size`` postings or so lead furthest."""
    if len(question.groups) == 1 and len(question.groups[0]) == 1:
        return Stretch(question.groups[0], after, None)  # whatever it holds answers the question
    terms, parameters = [], []
    rows = {group: _rows(question, group, size) for group in groups}
    for group in groups:
        skip = max(rows[group] // len(group), _FEWEST) - 1
        pairs, named = _pairs(reader, group)
        # At the edges of a span of time, most of a month may lie outside: there, only what lies inside counts.
        within = question.bounds if group[0][0] == PERIOD else ()
        reach = (
            "SELECT d.seq FROM footprint_posting d WHERE d.org = ? AND d.kind = p.kind AND d.value = p.value"
            f" AND d.seq > ?{''.join(f' AND {expression}' for expression, _ in within)}"
            " ORDER BY d.seq LIMIT 1 OFFSET ?"
        )
        terms.append(f"(SELECT min(({reach})) FROM {pairs} p)")
        parameters += [question.org, after, *(bound for _, bound in within), skip, *named]
    reached = reader.rows(f"SELECT {', '.join(terms)}", parameters)[0]
    ends = list(zip(groups, reached, strict=True))
    for group, until in ends:
        if until is None:
            return Stretch(group, after, None)
    driver, until = max(ends, key=lambda end: int(end[1]))
    if driver[0][0] == PERIOD:  # a leap: there is no telling how many rows are on the way
        return Stretch(driver, after, until)
    # Of the other groups, how many rows there are about as far as the driver leads, for each of the driver's.
    dense = {group: (until - after) / (end - after) * rows[group] / rows[driver] for group, end in ends}
    return Stretch(driver, after, until, frozenset(group for group in dense if dense[group] <= _READ))


def _step(reader: Reader, question: Question, stretch: Stretch, limit: int) -> list[int]:
    """The footprints on a stretch that answer the whole question."""
    driver, after, until = stretch.driver, stretch.after, stretch.until
    pairs, parameters = _pairs(reader, driver)
    where = ["d.org = ?", "d.kind = p.kind", "d.value = p.value", "d.seq > ?"]
    parameters += [question.org, after]
    if until is not None:
        where.append("d.seq <= ?")
        parameters.append(until)
    for expression, value in (*question.bounds, *question.status):
        where.append(expression)
        parameters.append(value)
    wide: list[Collection[Pair]] = []
    for group in _others(question, driver):
        if len(group) > _WIDE:
            wide.append(set(group))
            continue
        others, named = _pairs(reader, group)
        its = f"{others} q JOIN footprint_posting e ON e.org = ? AND e.kind = q.kind AND e.value = q.value"
        parameters += [*named, question.org]
        if reader.is_postgresql and group in stretch.near:
            # "IS TRUE" keeps the planner from making a join of it: they are read once, and no further.
            where.append(f"(d.seq IN (SELECT e.seq FROM {its} AND e.seq > ? AND e.seq <= ?)) IS TRUE")
            parameters += [after, until]
        else:
            where.append(f"EXISTS (SELECT 1 FROM {its} AND e.seq = d.seq)")
    distinct = "DISTINCT " if len(driver) > 1 else ""
    query = (
        f"SELECT {distinct}d.seq FROM {pairs} p CROSS JOIN footprint_posting d"
        f" WHERE {' AND '.join(where)} ORDER BY d.seq"
    )
    if not wide:
        return [row[0] for row in reader.rows(f"{query} LIMIT ?", (*parameters, limit))]
    seqs = [row[0] for row in reader.rows(query, parameters)]
    return _with_keys(reader, question.org, seqs, wide)[:limit]


def _rows(question: Question, group: Group, size: int) -> int:
    """How many rows of a group make a step."""
    if group[0][0] == PERIOD:
        return _FIRST  # a leap need not be long: the step that follows it is
    return size if _others(question, group) else _LIGHT * size


def _others(question: Question, driver: Group) -> list[Group]:
    """The groups that each row of one has to be looked up in: what a posting says itself needs no second look."""
    return [group for group in question.groups if group is not driver and group[0][0] not in (STATUS, PERIOD)]


def _with_keys(reader: Reader, org: str, seqs: list[int], wide: Sequence[Collection[Pair]]) -> list[int]:
    """Those footprints that have one key at least of each wide group."""
    among, parameters = numbers(reader, seqs)
    query = f"SELECT seq, keys FROM footprint WHERE org = ? AND seq IN ({among}) ORDER BY seq"
    found = []
    for seq, text in reader.rows(query, (org, *parameters)):
        keys = {(kind, value) for kind, value in (json.loads(text) if isinstance(text, str) else text)}
        if all(any(key in group for key in keys) for group in wide):
            found.append(seq)
    return found


def numbers(reader: Reader, values: Sequence[int]) -> tuple[str, list[object]]:
    """A list of numbers as a subquery: one parameter, however many they are."""
    if reader.is_postgresql:
        return "SELECT unnest(?::bigint[])", [list(values)]
    return "SELECT value FROM json_each(?)", [dump_json(list(values))]


def _pairs(reader: Reader, pairs: Sequence[Pair]) -> tuple[str, list[object]]:
    """Pairs as a table of two columns, ``kind`` and ``value``."""
    if len(pairs) == 1:
        return "(SELECT ? AS kind, ? AS value)", list(pairs[0])
    if reader.is_postgresql:
        return "(SELECT * FROM unnest(?::text[], ?::text[]) AS t(kind, value))", [
            [kind for kind, _ in pairs],
            [value for _, value in pairs],
        ]
    return (
        "(SELECT value->>0 AS kind, value->>1 AS value FROM json_each(?))",
        [dump_json([list(pair) for pair in pairs])],
    )
