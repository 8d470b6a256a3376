"""DuckDB: one in-memory connection, settings as a user has them but for the threads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb


class Driver:
    """Runs statements in one connection."""

    def __init__(self, threads: int, folder: Path, tables: dict[str, Path], options: dict[str, int]) -> None:
        self.version = f"DuckDB {duckdb.__version__}"
        self.connection = duckdb.connect()
        self.connection.execute(f"SET threads = {threads}")
        self.connection.execute("SET enable_progress_bar = false")

    def run(self, statement: str) -> list[list[Any]]:
        """The rows of a statement."""
        result = self.connection.execute(statement)
        return [list(row) for row in result.fetchall()] if result.description else []
