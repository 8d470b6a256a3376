"""ClickHouse as chdb: one session in the memory of this process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import chdb
from chdb.session import Session


class Driver:
    """Runs statements in one session."""

    def __init__(self, threads: int, folder: Path, tables: dict[str, Path], options: dict[str, int]) -> None:
        self.session = Session()
        self.version = f"chdb {chdb.__version__} (ClickHouse {self.run('SELECT version()', numbers=False)[0][0]})"
        self.run(f"SET max_threads = {threads}")

    def run(self, statement: str, numbers: bool = True) -> list[list[Any]]:
        """The rows of a statement."""
        text = self.session.query(statement, "JSONCompactEachRow").bytes().decode()
        rows = [json.loads(line) for line in text.splitlines() if line]
        # 64-bit integers come as text.
        return [[int(cell) if isinstance(cell, str) and numbers else cell for cell in row] for row in rows]
