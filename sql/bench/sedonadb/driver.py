"""SedonaDB: one context; its threads are DataFusion's partitions."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

with warnings.catch_warnings():
    # It looks for PROJ and GDAL, which nothing here needs.
    warnings.simplefilter("ignore")
    import sedonadb


class Driver:
    """Runs statements in one context."""

    def __init__(self, threads: int, folder: Path, tables: dict[str, Path], options: dict[str, int]) -> None:
        self.version = f"SedonaDB {sedonadb.__version__}"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.context = sedonadb.connect()
        self.run(f"SET datafusion.execution.target_partitions = {threads}")

    def run(self, statement: str) -> list[list[Any]]:
        """The rows of a statement."""
        table = self.context.sql(statement).to_arrow_table()
        columns = [column.to_pylist() for column in table.columns]
        return [list(row) for row in zip(*columns, strict=True)]
