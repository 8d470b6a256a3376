"""Equal addresses within a window where few addresses have most of the rows: the address and a slice of time are the key.

A slice is as wide as a report's window, so it touches at most two of them. The plain join of `bands.py` compares
all pairs of a crowded address and takes ten times as long here; with few rows by address the slices gain nothing.
"""

from pathlib import Path

import polars as pl


def timed(tables: dict[str, Path], options: dict[str, int]) -> list[list[int]]:
    """The number of pairs and the sum of their gaps in milliseconds."""
    window_ms = options["window_ms"]
    slice_ms = 2 * window_ms + 1
    time_ms = pl.col("observed_at").dt.timestamp("ms")
    address = pl.col("ipv4").cast(pl.Int64) * (1 << 28)

    def key(moment_ms: pl.Expr) -> pl.Expr:
        """Address and slice in 64 bits: 2^28 slices of ten minutes are 5,000 years."""
        return address + moment_ms // slice_ms

    observations = pl.scan_parquet(tables["observations"]).select(key=key(time_ms), observed_ms=time_ms)
    addresses = pl.scan_parquet(tables["report_addresses"])
    first, last = key(time_ms - window_ms), key(time_ms + window_ms)
    slices = pl.concat(
        [
            addresses.select(key=first, reported_ms=time_ms),
            addresses.filter(first != last).select(key=last, reported_ms=time_ms),
        ]
    )
    gap_ms = pl.col("observed_ms") - pl.col("reported_ms")
    pairs = observations.join(slices, on="key").filter(gap_ms.abs() <= window_ms)
    answer = pairs.select(pl.len().cast(pl.Int64).alias("pairs"), gap_ms.sum().alias("gaps_ms"))
    return [list(row) for row in answer.collect(engine="streaming").rows()]
