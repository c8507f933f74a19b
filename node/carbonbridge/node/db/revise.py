"""Write the next revision of the schema: ``python -m carbonbridge.node.db.revise 0002 "what changes"``.

Compares the tables with what the revisions make, and writes the difference down, to be read over and tested.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command

from carbonbridge.node.db.engine import open_engines
from carbonbridge.node.db.migrate import config_for, upgrade


def revise(number: str, message: str) -> None:
    """Add ``migrations/versions/r<number>_<message>.py``."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'empty.db'}"
        upgrade(url)
        engines = open_engines(url)
        with engines.write.begin() as connection:
            config = config_for(connection)
            config.set_main_option("file_template", "r%%(rev)s_%%(slug)s")
            command.revision(config, message, autogenerate=True, rev_id=number)
        engines.close()


if __name__ == "__main__":
    revise(sys.argv[1], sys.argv[2])
