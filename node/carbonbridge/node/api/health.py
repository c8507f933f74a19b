"""For whoever watches the node: is it ready, what does it count."""

from __future__ import annotations

from ipaddress import ip_address

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response

from carbonbridge.core.errors import NotFound
from carbonbridge.node.api.answers import answer
from carbonbridge.node.api.call import node_of

router = APIRouter(tags=["operation"])


@router.get("/healthz", summary="Ready: the store answers")
def ready(request: Request) -> Response:
    """200 while the store answers, 503 otherwise."""
    with node_of(request).store.snapshot() as tx:
        tx.events.next_due()
    return answer({"status": "ready"})


@router.get("/metrics", summary="Metrics, in Prometheus' text format")
def metrics(request: Request) -> Response:
    """To this machine only, unless the node is told to be open."""
    if not (request.app.state.metrics_open or _is_local(request)):
        raise NotFound("there are no metrics for this address")
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _is_local(request: Request) -> bool:
    """From this machine itself, not through a proxy that happens to run on it."""
    forwarded = any(name.startswith("x-forwarded-") or name == "forwarded" for name in request.headers)
    return request.client is not None and ip_address(request.client.host).is_loopback and not forwarded
