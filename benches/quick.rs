//! Quick.
#![expect(clippy::unwrap_used, reason="quick")]
#[derive(Clone, Copy)] struct Instant(u64);
impl Instant { fn now() -> Self { Self(std::fs::read_to_string("/proc/thread-self/schedstat").unwrap().split(' ').next().unwrap().parse().unwrap()) } fn elapsed(self) -> std::time::Duration { std::time::Duration::from_nanos(Self::now().0 - self.0) } }
use tieline_benches::*;
use tieline_index::fences::*;
use tieline_index::ranges::{Cursor, Pairs};
#[expect(clippy::print_stdout, reason="quick")]
fn main() {
    let only = std::env::args().nth(1).unwrap_or_default();
    let strat = std::env::args().nth(2).unwrap_or("grid".into());
    let n = 1 << 21;
    for (name, rings) in [("few", few_fences()), ("many", many_fences()), ("most", most_fences()), ("large", vec![large_fence(100_000)]), ("huge", if only=="huge" {vec![large_fence(10_000_000)]} else {vec![]})] {
        if rings.is_empty() || (!only.is_empty() && only != name) { continue; }
        let strategy = strat.parse().unwrap();
        let mut best = f64::MAX; let mut index = None;
        for _ in 0..5 { let o = outlines(&rings); let t = Instant::now(); let i = Fences::build(o, Rule::Interior, strategy).unwrap(); best = best.min(t.elapsed().as_secs_f64()); index = Some(i); if name == "huge" {break;} }
        let index = index.unwrap();
        println!("{name}: build {:.2} ms, {:.2} MB, {:?}", best*1e3, index.bytes() as f64/1e6, index.cells());
        let t = Instant::now(); let b = index.merged_boxes(64); println!("  merged 64: {} in {:.2} ms", b.len(), t.elapsed().as_secs_f64()*1e3);
        if std::env::var("BO").is_ok() { continue; }
        let random = points(&rings, n); let ordered = by_place(&random);
        for (order, (xs, ys)) in [("random", &random), ("ordered", &ordered)] {
            let mut best = f64::MAX; let mut sum = 0; let mut hit = 0; let mut bany = f64::MAX;
            for _ in 0..5 {
                let t = Instant::now(); sum = 0;
                let mut pairs = Pairs::default();
                for (xs, ys) in xs.chunks(8192).zip(ys.chunks(8192)) {
                    let mut c = Cursor::default();
                    loop { pairs.clear(); let d = index.probe(xs, ys, 0, &mut c, 16384, &mut pairs); sum += pairs.len(); if d {break;} }
                }
                best = best.min(t.elapsed().as_secs_f64());
                let t = Instant::now(); hit = 0; let mut any = vec![];
                for (xs, ys) in xs.chunks(8192).zip(ys.chunks(8192)) { any.clear(); index.any(xs, ys, &mut any); hit += any.iter().filter(|&&a| a).count(); }
                bany = bany.min(t.elapsed().as_secs_f64());
            }
            println!("  {order}: {:.1} M/s ({:.2} ns), any {:.1} M/s; {:.3} matches/pt, hit {:.3}", n as f64/best/1e6, best*1e9/n as f64, n as f64/bany/1e6, sum as f64/n as f64, hit as f64/n as f64);
        }
    }
}
