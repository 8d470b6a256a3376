//! The memory of the sorts below a merge.

use std::fmt;
use std::sync::Arc;

use datafusion::common::{Result, resources_err};
use datafusion::execution::TaskContext;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryLimit, MemoryPool, MemoryReservation};
use datafusion::execution::runtime_env::RuntimeEnv;

/// The context in which the inputs of a merge run: where memory is limited, their sorts have batches that are small beside a
/// partition's part of it, and take no more than their part of that.
///
/// A sort of DataFusion merges as many of its runs at once as there is memory for, and holds batches of each: with its defaults,
/// in whatever pool, the sort of one input takes what that of the other must have to begin at all.
pub(super) fn for_sorts(context: Arc<TaskContext>, partitions: usize, row_bytes: usize) -> Arc<TaskContext> {
    let MemoryLimit::Finite(limit) = context.memory_pool().memory_limit() else {
        return context;
    };
    let part = limit / partitions.max(1);
    let mut config = context.session_config().clone();
    let rows = (part / BATCHES / row_bytes.max(1)).max(LEAST_ROWS);
    config = config.with_batch_size(rows.min(context.session_config().batch_size()));
    let aside = &mut config.options_mut().execution.sort_spill_reservation_bytes;
    *aside = (*aside).min(part / SETS_ASIDE);
    let runtime = RuntimeEnv {
        memory_pool: Arc::new(Parts {
            pool: Arc::clone(context.memory_pool()),
            limit,
            part,
        }),
        ..context.runtime_env().as_ref().clone()
    };
    Arc::new(TaskContext::new(
        context.task_id(),
        context.session_id(),
        config,
        context.scalar_functions().clone(),
        context.higher_order_functions().clone(),
        context.aggregate_functions().clone(),
        context.window_functions().clone(),
        Arc::new(runtime),
    ))
}

/// A partition's part of the memory has room for so many batches.
const BATCHES: usize = 2048;

/// Batches of fewer rows cost more than they save.
const LEAST_ROWS: usize = 128;

/// What a sort sets aside is at most so small a part.
const SETS_ASIDE: usize = 16;

/// What sorts hold when each has its quarter of a part and what it sets aside, in sixteenths of the memory.
const SORTS: usize = 10;

/// A sort is not refused so small a part here: it may have nothing to write to disk, and the single batch or the megabyte
/// (`sort_in_place_threshold_bytes`) that it sorts at once must not be refused to it.
const ALWAYS: usize = 8;

/// The session's pool, of which a sort takes a part at most. All the others take what they need.
#[derive(Debug)]
struct Parts {
    pool: Arc<dyn MemoryPool>,
    /// Of all of it.
    limit: usize,
    /// Of one partition.
    part: usize,
}

impl Parts {
    /// A sort holds a quarter of a partition's part, so that half is left for the window when both inputs are sorted; and less
    /// where rows that are dealt out have taken what is missing: it writes its own to disk then.
    fn hold_rows(&self, reservation: &MemoryReservation, additional: usize) -> Result<()> {
        let is_crowded = self.pool.reserved().saturating_add(additional) > self.limit / 16 * SORTS;
        let most = if is_crowded {
            self.part / ALWAYS
        } else {
            self.part / 4
        };
        self.within(most, reservation, additional)
    }

    /// What deals rows out gets memory beyond what the pool would give it, for as long as there is some: once it writes to disk,
    /// it may wait for itself for ever in this version of DataFusion (apache/datafusion#24883). It seldom asks for much, since
    /// all partitions read both inputs at once.
    fn deal_out(&self, reservation: &MemoryReservation, additional: usize) -> Result<()> {
        let is_left = self.pool.reserved().saturating_add(additional) <= self.limit / 4 * 3;
        if is_left {
            self.pool.grow(reservation, additional);
            return Ok(());
        }
        self.within(self.part / 16, reservation, additional)
    }

    /// Takes more from the pool, unless it were more than so much.
    fn within(&self, most: usize, reservation: &MemoryReservation, additional: usize) -> Result<()> {
        if reservation.size().saturating_add(additional) > most {
            return resources_err!(
                "{} may take {most} bytes below a band join by merge, {additional} more are too many",
                reservation.consumer().name()
            );
        }
        self.pool.try_grow(reservation, additional)
    }
}

impl MemoryPool for Parts {
    fn name(&self) -> &str {
        self.pool.name()
    }

    fn register(&self, consumer: &MemoryConsumer) {
        self.pool.register(consumer);
    }

    fn unregister(&self, consumer: &MemoryConsumer) {
        self.pool.unregister(consumer);
    }

    fn grow(&self, reservation: &MemoryReservation, additional: usize) {
        self.pool.grow(reservation, additional);
    }

    fn shrink(&self, reservation: &MemoryReservation, shrink: usize) {
        self.pool.shrink(reservation, shrink);
    }

    fn try_grow(&self, reservation: &MemoryReservation, additional: usize) -> Result<()> {
        // DataFusion tells them apart by name alone.
        let name = reservation.consumer().name();
        if name.starts_with("RepartitionExec[") {
            self.deal_out(reservation, additional)
        } else if name.starts_with("ExternalSorter[") {
            self.hold_rows(reservation, additional)
        } else if name.starts_with("ExternalSorterMerge[") {
            self.within(self.part / 4, reservation, additional)
        } else {
            self.pool.try_grow(reservation, additional)
        }
    }

    fn reserved(&self) -> usize {
        self.pool.reserved()
    }

    fn memory_limit(&self) -> MemoryLimit {
        self.pool.memory_limit()
    }
}

impl fmt::Display for Parts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.pool, formatter)
    }
}
