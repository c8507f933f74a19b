"""Calls a node on this machine by its public name, wherever that name leads from here.

A public address behind a tunnel or a router often cannot be reached from inside. The connection goes to the local
port; name, certificate check and Host header are those of the public address.
"""

from __future__ import annotations

import ssl
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx

from carbonbridge.core.errors import PartnerUnreachable
from carbonbridge.core.exchange import HttpRequest, HttpResponse

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - compared


class Inward:
    """Sends requests to the local port.

    Args:
        host, port: where the node listens.
        ca_file: what to trust beside the system's authorities.
    """

    def __init__(self, host: str, port: int, ca_file: Path) -> None:
        context = ssl.create_default_context()
        context.load_verify_locations(cafile=ca_file)
        self._netloc = f"{_EVERYWHERE.get(host, host)}:{port}"
        self._http = httpx.Client(verify=context, timeout=30, trust_env=False)

    def send(self, request: HttpRequest) -> HttpResponse:
        """One exchange.

        Raises:
            PartnerUnreachable: no answer.
        """
        public = urlsplit(request.url)
        url = urlunsplit(("https", self._netloc, public.path, public.query, ""))
        headers = {**request.headers, "Host": public.netloc}
        named = {"sni_hostname": public.hostname or ""}
        try:
            answer = self._http.request(
                request.method, url, headers=headers, content=request.body, extensions=named
            )
        except httpx.TransportError as error:
            raise PartnerUnreachable(f"{url} cannot be reached: {error}") from None
        return HttpResponse(answer.status_code, dict(answer.headers), answer.content)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()
