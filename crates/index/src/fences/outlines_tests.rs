use super::*;

fn triangle() -> [(f64, f64); 3] {
    [(0.0, 0.0), (2.0, 0.0), (0.0, 2.0)]
}

/// Its vertices, with the first again at the end.
fn outlines_of_triangle() -> Vec<Vertex> {
    let [a, b, c] = triangle().map(|(x, y)| [x, y]);
    vec![a, b, c, a]
}

#[test]
fn rings_are_closed_once() {
    let mut outlines = Outlines::new();
    let mut closed = triangle().to_vec();
    closed.push(closed[0]);
    outlines
        .push(1, [vec![triangle().to_vec(), closed], vec![vec![(7.0, -0.0)]]])
        .unwrap();
    assert_eq!((outlines.polygons(), outlines.vertices()), (2, 10));
    let edges = |part: usize| -> Vec<u32> { outlines.edges(&outlines.parts[part]).flatten().collect() };
    assert_eq!(edges(0), [0, 1, 2, 4, 5, 6]);
    assert_eq!(edges(1), [8]);
    assert_eq!(outlines.parts[0].bounds, [0.0, 0.0, 2.0, 2.0]);
}

#[test]
fn a_place_that_follows_on_itself_is_one_vertex() {
    let mut outlines = Outlines::new();
    let twice: Vec<(f64, f64)> = triangle().iter().flat_map(|&place| [place; 2]).collect();
    let mut closed = twice.clone();
    closed.extend([twice[0]; 3]);
    outlines.push(1, [vec![twice, closed]]).unwrap();
    assert_eq!(
        outlines.vertices,
        [outlines_of_triangle(), outlines_of_triangle()].concat()
    );
    // All of it one place: an edge from there to there is left.
    for many in [1, 2, 3, 1000] {
        let mut outlines = Outlines::new();
        outlines.push_polygon(1, [vec![(7.0, 8.0); many]]).unwrap();
        assert_eq!(outlines.vertices, [[7.0, 8.0]; 2]);
        assert_eq!(outlines.edges(&outlines.parts[0]).flatten().count(), 1);
    }
}

#[test]
fn what_is_empty_is_left_out() {
    let mut outlines = Outlines::new();
    outlines.push_polygon(1, Vec::<Vec<(f64, f64)>>::new()).unwrap();
    outlines.push_polygon(2, [vec![], triangle().to_vec()]).unwrap();
    assert!(outlines.is_empty() && outlines.vertices() == 0);
    outlines.push_polygon(3, [triangle().to_vec(), vec![]]).unwrap();
    assert_eq!((outlines.polygons(), outlines.vertices()), (1, 4));
}

#[test]
fn a_polygon_that_is_not_finite_leaves_no_trace() {
    for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut outlines = Outlines::new();
        let polygons = [
            vec![triangle().to_vec()],
            vec![triangle().to_vec(), vec![(0.0, odd)]],
            vec![triangle().to_vec()],
        ];
        let error = outlines.push(9, polygons).unwrap_err();
        assert_eq!(error, FencesError::NotFinite { row: 9 });
        assert_eq!(
            error.to_string(),
            "the polygon of row 9 has a coordinate that is not finite"
        );
        assert_eq!((outlines.polygons(), outlines.vertices()), (1, 4));
        outlines.push_polygon(9, [triangle()]).unwrap();
        assert_eq!(
            outlines.edges(&outlines.parts[1]).flatten().collect::<Vec<_>>(),
            [4, 5, 6]
        );
    }
}
