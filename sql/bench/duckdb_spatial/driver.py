"""DuckDB 1.5.5 with its spatial and inet extensions, which come as wheels and are loaded from there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import duckdb_extension_inet
import duckdb_extension_spatial


class Driver:
    """Runs statements in one connection."""

    def __init__(self, threads: int, folder: Path, tables: dict[str, Path], options: dict[str, int]) -> None:
        self.version = f"DuckDB {duckdb.__version__} with spatial and inet"
        self.connection = duckdb.connect()
        for module, name in [(duckdb_extension_spatial, "spatial"), (duckdb_extension_inet, "inet")]:
            files = Path(module.__file__).parent.glob(f"extensions/*/{name}.duckdb_extension")
            self.connection.execute(f"LOAD '{next(files)}'")
        self.connection.execute(f"SET threads = {threads}")
        self.connection.execute("SET enable_progress_bar = false")

    def run(self, statement: str) -> list[list[Any]]:
        """The rows of a statement."""
        result = self.connection.execute(statement)
        return [list(row) for row in result.fetchall()] if result.description else []
