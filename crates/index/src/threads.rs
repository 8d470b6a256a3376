//! Work on several threads while an index is built.

use std::thread;

/// Fewer rows, or vertices, than this are not worth a further thread.
const ITEMS_PER_THREAD: usize = 1 << 15;

/// How many of at most `threads` threads are worth their start for so many rows or vertices.
///
/// ```
/// assert_eq!(tieline_index::worth_while(1_000, 8), 1);
/// assert_eq!(tieline_index::worth_while(1_000_000, 8), 8);
/// ```
pub fn worth_while(items: usize, threads: usize) -> usize {
    threads.clamp(1, (items / ITEMS_PER_THREAD).max(1))
}

/// What `work` makes of each of the items, in their order, each on a thread of its own.
///
/// This thread only waits: the system tends to start a thread on the processor of the one that asked for it, and where that
/// one goes on working the two share a processor for the milliseconds that the work takes.
///
/// ```
/// let squares = tieline_index::on_threads(vec![1, 2, 3], |number| number * number);
/// assert_eq!(squares, [1, 4, 9]);
/// ```
///
/// # Panics
/// Where `work` does, once all threads have ended.
pub fn on_threads<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    if items.len() < 2 {
        return items.into_iter().map(work).collect();
    }
    let work = &work;
    thread::scope(|scope| {
        let threads: Vec<_> = items
            .into_iter()
            .map(|item| scope.spawn(move || work(item)))
            .collect();
        let results = threads.into_iter().map(|thread| match thread.join() {
            Ok(result) => result,
            Err(cause) => std::panic::resume_unwind(cause),
        });
        results.collect()
    })
}

/// What both make, the first on a thread of its own where there are some to have.
///
/// # Panics
/// Where either does, once both have ended.
pub(crate) fn side_by_side<A: Send, B>(
    threads: bool,
    one: impl FnOnce() -> A + Send,
    other: impl FnOnce() -> B,
) -> (A, B) {
    if !threads {
        return (one(), other());
    }
    thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        match one.join() {
            Ok(one) => (one, other),
            Err(cause) => std::panic::resume_unwind(cause),
        }
    })
}
