use super::*;

fn unit(number: &mut u32) -> f64 {
    *number = number.wrapping_mul(0x9e37_79b1).wrapping_add(0x7f4a_7c15);
    f64::from(*number >> 8) / f64::from(1 << 24)
}

/// The edges of each cell of a window over a whole grid of 64 by 64 cells, and its parity.
fn cells(vertices: &[Vertex], window: &Window, frame: &Frame) -> Vec<(bool, Vec<u32>)> {
    let mut cells = vec![(false, Vec::new()); (window.columns * window.rows) as usize];
    let edges = 0..vertices.len() as u32 - 1;
    Raster::default().run(frame, vertices, window, edges, false, |cell, parity, edges| {
        cells[cell as usize] = (parity, edges.to_vec());
    });
    cells
}

#[test]
fn an_edge_is_in_every_cell_that_it_touches() {
    let frame = Frame::new([0.0, 0.0, 1.0, 1.0], 2);
    let mut seed = 7;
    for _ in 0..300 {
        // Short ones in cells of the finest size, and the window around them.
        let size = 64.0 / 8192.0;
        let mut vertex = || [0.5 + size * unit(&mut seed), 0.5 + size * unit(&mut seed)];
        let mut vertices = vec![vertex(), vertex(), vertex()];
        vertices.push(vertices[0]);
        let place = |[x, y]: Vertex| (frame.x.cell(frame.x.place(x)), frame.y.cell(frame.y.place(y)));
        let (column, row) = place([0.5, 0.5]);
        let window = Window {
            shift: 0,
            column,
            row,
            columns: 66,
            rows: 66,
        };
        let cells = cells(&vertices, &window, &frame);
        for edge in 0..3_u32 {
            let (a, b) = (vertices[edge as usize], vertices[edge as usize + 1]);
            for _ in 0..300 {
                let share = unit(&mut seed);
                let (x, y) = place([a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share]);
                let (_, edges) = &cells[((y - row) * window.columns + x - column) as usize];
                assert!(
                    edges.iter().any(|one| one & EDGE == edge),
                    "{vertices:?} {edge} {share}"
                );
            }
        }
    }
}

#[test]
fn a_square_is_its_outline_and_what_is_covered() {
    let frame = Frame::new([0.0, 0.0, 1.0, 1.0], 2);
    let vertices = [
        [0.25, 0.25],
        [0.75, 0.25],
        [0.75, 0.75],
        [0.25, 0.75],
        [0.25, 0.25],
    ];
    let window = Window {
        shift: 8,
        column: 16,
        row: 16,
        columns: 32,
        rows: 32,
    };
    let cells = cells(&vertices, &window, &frame);
    // Sixteen cells each way.
    let outline = cells.iter().filter(|(_, edges)| !edges.is_empty()).count();
    let covered = cells
        .iter()
        .filter(|(parity, edges)| *parity && edges.is_empty())
        .count();
    assert_eq!((outline, covered), (60, 14 * 14));
}
