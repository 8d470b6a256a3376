"""One peer of a race: reads requests as lines of JSON on stdin, answers on stdout.

    python worker.py duckdb

The protocol is described in `crates/bench/src/protocol.rs`. The peer's own part is `<peer>/driver.py`, which defines

    class Driver:
        version: str                                            # "DuckDB 2.0.0"
        def __init__(self, threads: int, folder: Path, tables: dict[str, Path], options: dict[str, int]) -> None: ...
        def run(self, statement: str) -> list[list[int | float]]: ...   # the rows of a statement, [] where it has none
        def peak_bytes(self) -> int | None: ...                 # optional; by default the peak of this process
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any


def load(path: Path) -> ModuleType:
    """A Python file as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise RuntimeError(f"{path.name} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def peak_of_this_process() -> int | None:
    """The most memory that this process ever held, where the system tells."""
    try:
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return None


class Contestant:
    """A driver with the queries of a case."""

    def __init__(self, peer: str, request: dict[str, Any]) -> None:
        module = load(Path(__file__).parent / peer / "driver.py")
        tables = {name: Path(path) for name, path in request["tables"].items()}
        self.tables, self.options = tables, request["options"]
        folder = Path(request["folder"])
        folder.mkdir(parents=True, exist_ok=True)
        self.driver = module.Driver(request["threads"], folder, tables, self.options)
        self.queries: dict[str, dict[str, Any]] = request["queries"]
        done: set[str] = set()
        for query in self.queries.values():
            for statement in query.get("before", []):
                # The question and its bare read may prepare the same.
                if statement not in done:
                    self.driver.run(statement)
                    done.add(statement)
        self.programs = {name: load(Path(query["python"])) for name, query in self.queries.items() if "python" in query}

    def run(self, name: str) -> dict[str, Any]:
        """One run: what is timed, then what is not."""
        query = self.queries[name]
        rows: list[list[Any]] = []
        start = time.perf_counter()
        if name in self.programs:
            rows = self.programs[name].timed(self.tables, self.options)
        else:
            for statement in query["timed"]:
                rows = self.driver.run(statement)
        seconds = time.perf_counter() - start
        for statement in query.get("after", []):
            self.driver.run(statement)
        peak = getattr(self.driver, "peak_bytes", peak_of_this_process)
        return {"seconds": seconds, "answer": rows, "peak_bytes": peak()}


def main() -> None:
    """Answers requests until stdin ends."""
    # Libraries print to stdout; the protocol keeps it for itself.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    contestant: Contestant | None = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "open" in request:
                contestant = Contestant(sys.argv[1], request["open"])
                response: dict[str, Any] = {"opened": {"version": contestant.driver.version}}
            elif contestant is None:
                response = {"error": "nothing is open"}
            else:
                response = contestant.run(request["run"])
        except Exception as error:  # Whatever a peer raises is its answer.
            text = " ".join(str(error).split()) or type(error).__name__
            response = {"error": text[:300]}
        out.write(json.dumps(response) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
