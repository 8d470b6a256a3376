//! A ring of very many vertices against one point: every relation and distance answers, in one pass over the ring.
//!
//! `TIELINE_RING=10000000 cargo test -p tieline-functions large -- --nocapture` measures more than a development build should.

use std::time::Instant;

use arrow::array::{ArrayRef, BinaryArray, RecordBatch};
use std::sync::Arc;

use crate::session::{rows, session};

const VERTICES: u32 = 50_000;

/// A ring around (20, 45) as WKB: a circle in degrees, half a degree wide.
fn ring(vertices: u32) -> Vec<u8> {
    let mut bytes = vec![1, 3, 0, 0, 0, 1, 0, 0, 0];
    bytes.extend_from_slice(&(vertices + 1).to_le_bytes());
    for vertex in (0..vertices).chain([0]) {
        let angle = f64::from(vertex) * std::f64::consts::TAU / f64::from(vertices);
        bytes.extend_from_slice(&(20.0 + 0.5 * angle.cos()).to_le_bytes());
        bytes.extend_from_slice(&(45.0 + 0.5 * angle.sin()).to_le_bytes());
    }
    bytes
}

#[tokio::test]
async fn a_ring_of_very_many_vertices_is_answered() {
    let vertices = std::env::var("TIELINE_RING").map_or(VERTICES, |text| text.parse().unwrap());
    let context = session();
    let column: ArrayRef = Arc::new(BinaryArray::from_iter_values([ring(vertices)]));
    let batch = RecordBatch::try_from_iter([("g", column)]).unwrap();
    context.register_batch("ring", batch).unwrap();
    for (call, expected) in [
        ("st_contains(g, st_point(20.1, 45.1))", "true"),
        ("st_within(st_point(20.4, 45.4), g)", "false"),
        ("st_covers(g, st_point(20.5, 45))", "true"),
        ("st_coveredby(st_point(20, 45), g)", "true"),
        ("st_intersects(g, st_point(21, 45))", "false"),
        ("st_distance(g, st_point(21, 45))", "0.5"),
        ("st_dwithin(g, st_point(21, 45), 0.25)", "false"),
        // To (20, 45.5), along the meridian.
        ("round(st_distancespheroid(g, st_point(20, 46)))", "55573.0"),
        ("round(st_distancespheroid(g, st_point(20, -45)) / 1e3)", "9914.0"),
        ("st_dwithinspheroid(g, st_point(20, 46), 55000)", "false"),
        ("geofence_relation(g, 20, 45, 30000)", "inside"),
        ("geofence_relation(g, 20, 45, 40000)", "possible"),
        ("geofence_relation(g, 22, 45, 40000)", "outside"),
    ] {
        let start = Instant::now();
        let answer = rows(&context, &format!("SELECT {call} FROM ring")).await.unwrap();
        println!("{vertices} vertices, {call}: {:?}", start.elapsed());
        assert_eq!(answer, [[expected]], "{call}");
    }
}
