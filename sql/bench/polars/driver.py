"""Polars: SQL over lazy scans of the Parquet files, run by its streaming engine.

The tables are there under their names, so the files of SQL have no `-- before`. A question whose best formulation SQL
cannot say is a program instead: `<case>.py`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any


class Driver:
    """Runs statements in one SQL context."""

    def __init__(self, threads: int, folder: Path, tables: dict[str, Path], options: dict[str, int]) -> None:
        # Polars reads it once, when it is imported.
        os.environ["POLARS_MAX_THREADS"] = str(threads)
        import polars

        if polars.thread_pool_size() != threads:
            raise RuntimeError(f"Polars runs {polars.thread_pool_size()} threads, {threads} were asked for")
        self.version = f"Polars {polars.__version__}"
        self.context = polars.SQLContext()
        for name, path in tables.items():
            self.context.register(name, polars.scan_parquet(path))

    def run(self, statement: str) -> list[list[Any]]:
        """The rows of a statement."""
        return [list(row) for row in self.context.execute(statement).collect(engine="streaming").rows()]
