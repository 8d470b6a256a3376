"""PostgreSQL 15 with PostGIS and ip4r: a throw-away server of our own on a unix socket, never the machine's.

PostgreSQL cannot read Parquet, so the tables are loaded once per file and kept for the next race; that and its
indexes are not timed. The tables are as PostgreSQL's users would have them:

    observations      observation_id, device_id, observed_ms bigint, lat, lon, ip ip4, location geometry(Point)
    report_addresses  event_id, report_id, observed_ms bigint, ip ip4
    prefixes          prefix_id, range ip4r, prefix_length, asn
    fences            fence_id, geometry geometry(Polygon)

Times are milliseconds since 1970. Tables with IPv6 addresses are refused. No table gets an index here: the questions'
files make those that they want, before the timing starts.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq

PROGRAMS = Path(os.environ.get("TIELINE_POSTGRES_BIN", "/usr/lib/postgresql/15/bin"))
"""Where `initdb` and `postgres` are."""

SIGNATURE = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
SCHEMAS = {
    "observations": "observation_id bigint, device_id bigint, observed_ms bigint, lat float8, lon float8, ip ip4,"
    " location geometry(Point)",
    "report_addresses": "event_id bigint, report_id bigint, observed_ms bigint, ip ip4",
    "prefixes": "prefix_id bigint, range ip4r, prefix_length bigint, asn bigint",
    "fences": "fence_id bigint, geometry geometry(Polygon)",
}


class Driver:
    """Runs statements in one connection to a server of its own."""

    def __init__(self, threads: int, folder: Path, tables: dict[str, Path], options: dict[str, int]) -> None:
        self.home, self.threads = folder.resolve(), threads
        self.server: subprocess.Popen[bytes] | None = None
        self.watch: subprocess.Popen[bytes] | None = None
        atexit.register(self.stop)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        self.start()
        self.connection = self.connect()
        for name, title in (("postgis", "PostGIS"), ("ip4r", "ip4r")):
            self.extend(name, title)
        self.version = self.versions()
        # What a question's file makes beside the tables goes into the first schema: that of the largest table.
        names = sorted(tables, key=lambda name: tables[name].stat().st_size, reverse=True)
        self.schemas = [self.load(name, tables[name]) for name in names]
        self.connection.execute(f"SET search_path = {', '.join([*self.schemas, 'public'])}")
        self.limit_s = options.get("time_limit_s", 0)

    def run(self, statement: str) -> list[list[Any]]:
        """The rows of a statement."""
        # A `before` that makes an index is no question, and takes as long as it takes.
        asks = statement.lstrip("( ").split(None, 1)[0].upper() in {"SELECT", "WITH"}
        self.connection.execute(f"SET statement_timeout = {self.limit_s * 1000 if asks else 0}")
        cursor = self.connection.execute(statement)
        return [[number(value) for value in row] for row in cursor.fetchall()] if cursor.description else []

    def peak_bytes(self) -> None:
        """Unknown: the server's processes share memory."""
        return None

    def start(self) -> None:
        """A server on a unix socket in the folder, of a cluster that is made where there is none."""
        if not (PROGRAMS / "postgres").is_file():
            raise RuntimeError(f"PostgreSQL 15 is not installed: no postgres in {PROGRAMS}")
        cluster = self.home / "cluster"
        if os.geteuid() == 0:
            # The server refuses to run as root, and its user must reach the folder.
            shutil.chown(self.home, "postgres")
        if not (cluster / "PG_VERSION").is_file():
            shutil.rmtree(cluster, ignore_errors=True)
            made = subprocess.run(
                self.as_user("initdb", "-D", str(cluster), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale", "-N"),
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, cwd="/",
            )  # fmt: skip
            if made.returncode != 0:
                raise RuntimeError(f"initdb failed: {last_line(made.stdout)}")
        settings = self.settings()
        # A socket's path may have 107 bytes; a race's folder may be longer.
        self.sockets = Path(tempfile.mkdtemp(prefix="tieline-pg-"))
        if os.geteuid() == 0:
            shutil.chown(self.sockets, "postgres")
        settings["unix_socket_directories"] = str(self.sockets)
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self.wait_for_former(cluster / "postmaster.pid")
        log = (self.home / "server.log").open("wb")
        self.server = subprocess.Popen(
            self.as_user("postgres", "-D", str(cluster), *words),
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True,
        )  # fmt: skip
        # A race that ran out of time kills us; the end of this pipe then stops the server in our place.
        self.watch = subprocess.Popen(
            ["sh", "-c", 'read -r _; kill -INT "$(head -n 1 "$1")"; rm -rf "$2"', "sh", cluster / "postmaster.pid", self.sockets],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", start_new_session=True,
        )  # fmt: skip

    def wait_for_former(self, lock: Path) -> None:
        """Until the server of the race before has ended, which may still be writing what it loaded."""
        end = time.monotonic() + 60
        while lock.exists() and alive(lock):
            if time.monotonic() > end:
                raise RuntimeError("another race uses the PostgreSQL server of this folder")
            time.sleep(0.1)

    def settings(self) -> dict[str, str]:
        """What a machine with one user and one question at a time would have."""
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
        return {
            "listen_addresses": "",
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "wal_level": "minimal",
            "max_wal_senders": "0",
            "max_wal_size": "8GB",
            "autovacuum": "off",
            "shared_buffers": f"{memory // 4}MB",
            "effective_cache_size": f"{memory // 2}MB",
            "work_mem": f"{memory // 16}MB",
            "maintenance_work_mem": f"{min(memory // 8, 2000)}MB",
            "max_worker_processes": str(self.threads + 2),
            "max_parallel_workers": str(self.threads),
            # The leader takes part, so with one worker fewer as many processes run as threads were asked for.
            "max_parallel_workers_per_gather": str(max(self.threads - 1, 0)),
            "max_parallel_maintenance_workers": str(self.threads),
            "parallel_setup_cost": "100",
            "parallel_tuple_cost": "0.01",
            "min_parallel_table_scan_size": "0",
            "random_page_cost": "1.1",
            # Compiling took longer than it saved in every question.
            "jit": "off",
        }

    def as_user(self, program: str, *words: str) -> list[str]:
        """A program of PostgreSQL's, as its own user where we are root."""
        line = [str(PROGRAMS / program), *words]
        return ["runuser", "-u", "postgres", "--", *line] if os.geteuid() == 0 else line

    def connect(self) -> psycopg.Connection[Any]:
        """A connection, as soon as the server takes one."""
        end = time.monotonic() + 30
        while True:
            try:
                return psycopg.connect(host=str(self.sockets), user="postgres", dbname="postgres", autocommit=True)
            except psycopg.OperationalError as error:
                if self.server is None or self.server.poll() is not None or time.monotonic() > end:
                    said = last_line((self.home / "server.log").read_bytes())
                    raise RuntimeError(f"PostgreSQL did not start: {said}") from error
                time.sleep(0.05)

    def extend(self, name: str, title: str) -> None:
        """An extension, in the schema `public`."""
        known = self.connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = %s", [name]).fetchone()
        if known is None:
            raise RuntimeError(f"{title} is not installed")
        self.connection.execute(f"CREATE EXTENSION IF NOT EXISTS {name} SCHEMA public")

    def versions(self) -> str:
        """The server's version and its extensions'."""
        row = self.connection.execute(
            "SELECT split_part(current_setting('server_version'), ' ', 1),"
            " (SELECT extversion FROM pg_extension WHERE extname = 'postgis'),"
            " (SELECT extversion FROM pg_extension WHERE extname = 'ip4r')"
        ).fetchone()
        server, postgis, ip4r = row if row else ("", "", "")
        return f"PostgreSQL {server}, PostGIS {postgis}, ip4r {ip4r}"

    def load(self, name: str, path: Path) -> str:
        """The schema with the table of this file. A file is known by its path and the time when it was written."""
        stat = path.stat()
        text = f"{SCHEMAS[name]} {path.resolve()} {stat.st_mtime_ns} {stat.st_size}"
        schema = f"{name}_{hashlib.sha256(text.encode()).hexdigest()[:16]}"
        if self.connection.execute("SELECT to_regclass(%s)", [f"{schema}.{name}"]).fetchone() != (None,):
            return schema
        with self.connection.transaction():
            self.connection.execute(f"CREATE SCHEMA {schema}")
            self.connection.execute(f"CREATE TABLE {schema}.{name} ({SCHEMAS[name]})")
            with self.connection.cursor().copy(f"COPY {schema}.{name} FROM STDIN (FORMAT binary)") as copy:
                copy.write(SIGNATURE)
                for batch in pq.ParquetFile(path).iter_batches(batch_size=2**17):
                    copy.write(ENCODERS[name](batch))
                copy.write(struct.pack(">h", -1))
        # Also sets the bits that make index-only scans and parallel plans what they are in a settled database.
        self.connection.execute(f"VACUUM (ANALYZE, FREEZE) {schema}.{name}")
        return schema

    def stop(self) -> None:
        """Ends the server with us; what it loaded stays for the next race."""
        if self.server is None or self.watch is None or self.watch.stdin is None:
            return
        self.watch.stdin.close()
        try:
            self.server.wait(20)
        except subprocess.TimeoutExpired:
            pass  # It was told to stop, and is still writing.
        self.server = None


def alive(lock: Path) -> bool:
    """Whether the server that wrote this file runs."""
    try:
        return Path("/proc", lock.read_text().split()[0], "comm").read_text().strip() == "postgres"
    except (OSError, IndexError):
        return False


def number(value: Any) -> Any:
    """A sum of 64-bit integers is a `numeric`."""
    return int(value) if isinstance(value, Decimal) and value == int(value) else value


def last_line(output: bytes) -> str:
    """The end of what a program said."""
    lines = output.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def rows(fields: list[tuple[str, np.ndarray]]) -> bytes:
    """Rows of PostgreSQL's binary COPY: of each the number of fields, then of each field its length and its bytes."""
    count = len(fields[0][1])
    layout: list[tuple[str, str]] = [("fields", ">i2")]
    for place, (kind, _) in enumerate(fields):
        layout += [(f"length{place}", ">i4"), (f"value{place}", kind)]
    table = np.empty(count, dtype=np.dtype(layout))
    table["fields"] = len(fields)
    for place, (kind, values) in enumerate(fields):
        table[f"length{place}"] = np.dtype(kind).itemsize
        table[f"value{place}"] = values
    return table.tobytes()


def integers(batch: pa.RecordBatch, name: str) -> np.ndarray:
    """A column without NULLs; instants as milliseconds."""
    column = batch.column(name)
    if pa.types.is_timestamp(column.type):
        return column.cast(pa.int64()).to_numpy(zero_copy_only=False) // 1000
    return column.to_numpy(zero_copy_only=False)


def observations(batch: pa.RecordBatch) -> bytes:
    """Observations; the point as little-endian WKB."""
    if batch.column("ipv4").null_count:
        raise RuntimeError("observations have IPv6 addresses, which this driver does not load")
    point = np.zeros(batch.num_rows, dtype=[("order", "u1"), ("kind", "<u4"), ("lon", "<f8"), ("lat", "<f8")])
    point["order"], point["kind"] = 1, 1
    point["lon"], point["lat"] = integers(batch, "lon"), integers(batch, "lat")
    return rows(
        [
            (">i8", integers(batch, "observation_id")),
            (">i8", integers(batch, "device_id")),
            (">i8", integers(batch, "observed_at")),
            (">f8", integers(batch, "lat")),
            (">f8", integers(batch, "lon")),
            (">u4", integers(batch, "ipv4")),
            ("V21", point.view("V21")),
        ]
    )


def report_addresses(batch: pa.RecordBatch) -> bytes:
    """Addresses of reports."""
    if batch.column("ipv4").null_count:
        raise RuntimeError("report_addresses have IPv6 addresses, which this driver does not load")
    return rows(
        [
            (">i8", integers(batch, "event_id")),
            (">i8", integers(batch, "report_id")),
            (">i8", integers(batch, "observed_at")),
            (">u4", integers(batch, "ipv4")),
        ]
    )


def prefixes(batch: pa.RecordBatch) -> bytes:
    """Prefixes; a range is its first and last address."""
    if batch.column("first_ipv4").null_count:
        raise RuntimeError("prefixes have IPv6 addresses, which this driver does not load")
    both = np.empty(batch.num_rows, dtype=[("first", ">u4"), ("last", ">u4")])
    both["first"], both["last"] = integers(batch, "first_ipv4"), integers(batch, "last_ipv4")
    return rows(
        [
            (">i8", integers(batch, "prefix_id")),
            ("V8", both.view("V8")),
            (">i8", integers(batch, "prefix_length")),
            (">i8", integers(batch, "asn")),
        ]
    )


def fences(batch: pa.RecordBatch) -> bytes:
    """Fences; the outline is WKB as it is in the file."""
    out = bytearray()
    for fence_id, outline in zip(batch.column("fence_id").to_pylist(), batch.column("geometry").to_pylist()):
        out += struct.pack(">hiqi", 2, 8, fence_id, len(outline)) + outline
    return bytes(out)


ENCODERS = {
    "observations": observations,
    "report_addresses": report_addresses,
    "prefixes": prefixes,
    "fences": fences,
}
