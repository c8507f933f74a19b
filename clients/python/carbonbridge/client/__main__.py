"""``python -m carbonbridge.client``: the command line without an installed script."""

from carbonbridge.client.cli.main import run

run()
