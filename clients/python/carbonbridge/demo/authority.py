"""The demo's throw-away authority is the client's: conformance runs need one where there is no demo."""

from carbonbridge.client.authority import Authority

__all__ = ["Authority"]
