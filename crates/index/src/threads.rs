//! Work on several threads while an index is built.

use std::thread;

/// Fewer rows than this are not worth a further thread.
const ROWS_PER_THREAD: usize = 1 << 15;

/// How many of at most `threads` threads are worth their start for so many rows.
pub(crate) fn worth_while(rows: usize, threads: usize) -> usize {
    threads.clamp(1, (rows / ROWS_PER_THREAD).max(1))
}

/// What `work` makes of each of the items, in their order, each on a thread of its own.
pub(crate) fn on_threads<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let work = &work;
    let mut items = items.into_iter();
    let Some(first) = items.next() else {
        return Vec::new();
    };
    thread::scope(|scope| {
        let others: Vec<_> = items.map(|item| scope.spawn(move || work(item))).collect();
        let mut results = vec![work(first)];
        for other in others {
            match other.join() {
                Ok(result) => results.push(result),
                Err(cause) => std::panic::resume_unwind(cause),
            }
        }
        results
    })
}
