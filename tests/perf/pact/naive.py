"""The yardstick: the same two reads as anybody would write them first, with FastAPI, SQLModel and response models.

Over the same file, with the same tokens and grants: the token is verified, client, connection and grants are looked
up, the rows are loaded as objects, and the answer is validated and written by the response model.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException, Request, Response
from joserfc import jwt
from joserfc.jwk import OKPKey
from pydantic import BaseModel, ConfigDict
from sqlmodel import Field, Session, SQLModel, col, create_engine, select


class Footprint(SQLModel, table=True):
    __tablename__ = "footprint"

    seq: int = Field(primary_key=True)
    org: str
    id: str
    status: str
    document: bytes


class Client(SQLModel, table=True):
    __tablename__ = "client"

    client_id: str = Field(primary_key=True)
    org: str
    connection_id: str
    revoked_at: datetime | None


class Connection(SQLModel, table=True):
    __tablename__ = "connection"

    org: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    state: str


class Grant(SQLModel, table=True):
    __tablename__ = "access_grant"

    org: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    connection_id: str
    scope: str


class CarbonFootprint(BaseModel):
    declaredUnitOfMeasurement: str
    declaredUnitAmount: Decimal
    productMassPerDeclaredUnit: Decimal
    referencePeriodStart: datetime
    referencePeriodEnd: datetime
    geographyCountry: str | None = None
    pcfExcludingBiogenicUptake: Decimal
    pcfIncludingBiogenicUptake: Decimal
    fossilGhgEmissions: Decimal
    fossilCarbonContent: Decimal
    ipccCharacterizationFactors: list[str]
    crossSectoralStandards: list[str]
    exemptedEmissionsPercent: Decimal
    model_config = ConfigDict(extra="allow")


class ProductFootprint(BaseModel):
    id: str
    specVersion: str
    precedingPfIds: list[str] | None = None
    created: datetime
    status: str
    validityPeriodStart: datetime | None = None
    validityPeriodEnd: datetime | None = None
    companyName: str
    companyIds: list[str]
    productDescription: str
    productIds: list[str]
    productClassifications: list[str] | None = None
    productNameCompany: str
    comment: str | None = None
    pcf: CarbonFootprint
    extensions: list[dict[str, Any]] | None = None


class One(BaseModel):
    data: ProductFootprint


class Many(BaseModel):
    data: list[ProductFootprint]


def session(request: Request) -> Iterator[Session]:
    """One for each call."""
    with Session(request.app.state.engine) as opened:
        yield opened


Opened = Annotated[Session, Depends(session)]


def caller(org: str, request: Request, opened: Opened, authorization: Annotated[str, Header()]) -> Client:
    """Who calls, and whether it may."""
    key = request.app.state.key
    claims = jwt.decode(authorization.removeprefix("Bearer "), key, algorithms=["EdDSA"]).claims
    if claims["exp"] < datetime.now(UTC).timestamp() or not claims["aud"].endswith(f"/o/{org}"):
        raise HTTPException(401)
    client = opened.get(Client, claims["client_id"])
    if client is None or client.revoked_at is not None or client.org != org:
        raise HTTPException(401)
    connection = opened.get(Connection, (org, client.connection_id))
    if connection is None or connection.state != "active":
        raise HTTPException(403)
    found = select(Grant).where(Grant.org == org, Grant.connection_id == client.connection_id)
    if not any(grant.scope == "all" for grant in opened.exec(found)):
        raise HTTPException(403)
    return client


Caller = Annotated[Client, Depends(caller)]

app = FastAPI()


@app.get("/healthz")
def healthz() -> dict[str, str]:
    """Here."""
    return {}


@app.get("/o/{org}/3/footprints/{footprint_id}", response_model=One, response_model_exclude_none=True)
def get(org: str, footprint_id: str, opened: Opened, _: Caller) -> Any:
    """GetFootprint."""
    row = opened.exec(select(Footprint).where(Footprint.org == org, Footprint.id == footprint_id)).first()
    if row is None:
        raise HTTPException(404)
    return {"data": json.loads(row.document)}


@app.get("/o/{org}/3/footprints", response_model=Many, response_model_exclude_none=True)
def page(org: str, opened: Opened, response: Response, _: Caller, limit: int = 100, after: int = 0) -> Any:
    """ListFootprints."""
    query = select(Footprint).where(Footprint.org == org, col(Footprint.seq) > after)
    rows = opened.exec(query.order_by(col(Footprint.seq)).limit(limit + 1)).all()
    if len(rows) > limit:
        response.headers["Link"] = f'</o/{org}/3/footprints?after={rows[limit - 1].seq}>; rel="next"'
    return {"data": [json.loads(row.document) for row in rows[:limit]]}


def main() -> None:
    """Serve it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--database", type=Path, required=True)
    parser.add_argument("--key", type=Path, required=True)
    parser.add_argument("--cert")
    parser.add_argument("--secret")
    given = parser.parse_args()
    app.state.engine = create_engine(f"sqlite:///{given.database}", connect_args={"check_same_thread": False})
    app.state.key = OKPKey.import_key(json.loads(given.key.read_text("utf-8")))
    uvicorn.run(
        app,
        port=given.port,
        log_config=None,
        ssl_certfile=given.cert,
        ssl_keyfile=given.secret,
        access_log=False,
    )


if __name__ == "__main__":
    main()
