"""Column types: what a node stores, the same on SQLite and PostgreSQL.

Instants are sqlmodel's ``UTCDateTime`` (aware, microseconds), bytes are blobs; the rest is here.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Annotated, Any

from sqlalchemy import JSON, BigInteger, Dialect, Integer, MetaData, String
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.orm import registry
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

from carbonbridge.core.errors import BadInput

#: Longest text of a key or an index, in bytes of UTF-8: two of them must fit into PostgreSQL's 2,704 an index row.
LONGEST_KEY = 1000


class NotStorable(DontWrapMixin, BadInput):
    """Text that PostgreSQL does not take; SQLite would, and is not allowed to either."""


class PlainText(TypeDecorator[str]):
    """Text without limit of length; words of an enumeration become plain text."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Refuse what only one of the databases can keep."""
        if value is None:
            return None
        _encode(value)
        return str(value)


class KeyText(PlainText):
    """Text of a key or an index."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Refuse what an index cannot hold."""
        if value is not None:
            check_text(value)
        return super().process_bind_param(value, dialect)


def check_text(text: str) -> None:
    """Refuse what only one of the databases can keep, or no index.

    Raises:
        NotStorable
    """
    if len(_encode(text)) > LONGEST_KEY:
        raise NotStorable(f"an identifier has more than {LONGEST_KEY} bytes")


def is_storable_key(text: str) -> bool:
    """Whether text can be in an index; if not, nothing that is stored has it."""
    try:
        return len(_encode(text)) <= LONGEST_KEY
    except NotStorable:
        return False


def _encode(text: str) -> bytes:
    try:
        encoded = text.encode()
    except UnicodeEncodeError:
        raise NotStorable("the text holds half a surrogate pair, which is no character") from None
    if b"\0" in encoded:
        raise NotStorable("the text holds a NUL character")
    return encoded


class Json(TypeDecorator[Any]):
    """JSON as text: the order of names stays (so not JSONB), None is NULL.

    Numbers come back as ``core.document.read_json`` gives them: a fraction is a :class:`~decimal.Decimal`.
    """

    impl = JSON(none_as_null=True)
    cache_ok = True


def dump_json(value: Any) -> str:
    """JSON text in ASCII: escaped, PostgreSQL takes any character. A :class:`~decimal.Decimal` is a number."""
    return json.dumps(value, allow_nan=False, default=float)


def load_json(text: str) -> Any:
    """See :class:`Json`."""
    return json.loads(text, parse_float=Decimal)


#: A number that the database counts up. SQLite does so for INTEGER alone.
Counter = BigInteger().with_variant(Integer, "sqlite")

Key = Annotated[str, Field(sa_type=KeyText, primary_key=True)]
Word = Annotated[str, Field(sa_type=KeyText)]
OptionalWord = Annotated[str | None, Field(sa_type=KeyText)]
Text = Annotated[str, Field(sa_type=PlainText)]
OptionalText = Annotated[str | None, Field(sa_type=PlainText)]
Object = Annotated[dict[str, Any], Field(sa_type=Json)]
OptionalObject = Annotated[dict[str, Any] | None, Field(sa_type=Json)]
Texts = Annotated[list[str], Field(sa_type=Json)]
Pairs = Annotated[list[list[str]], Field(sa_type=Json)]

#: Names of constraints and indexes, so that migrations can speak of them on both databases.
_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Row(SQLModel, registry=registry(metadata=MetaData(naming_convention=_NAMES))):
    """Base of the tables. They declare the schema; reads and writes go through :mod:`.rows`."""
