use super::*;

#[test]
fn nodes_are_words() {
    let nodes = [
        Node::Empty,
        Node::One(0),
        Node::One(MOST_PARTS as u32 - 1),
        Node::Leaf(0),
        Node::Leaf(MOST_WORDS as u32 - 1),
        Node::Inner { split: 1, start: 0 },
        Node::Inner {
            split: MOST_SPLIT,
            start: MOST_WORDS as u32 / 2 - 4,
        },
    ];
    for node in nodes {
        assert_eq!(Node::of(node.word()), node);
        assert_eq!(is_inner(node.word()), matches!(node, Node::Inner { .. }));
        assert_eq!(node.word() == EMPTY, node == Node::Empty);
    }
}

#[test]
fn entries_are_read_as_they_were_written() {
    let edges = [3, 4 | START_RIGHT, 5 | END_RIGHT];
    let entry = |part, parity, edges| Entry { part, parity, edges };
    let entries = [
        entry(1, true, &edges[..0]),
        entry(7, false, &edges[..]),
        entry(8, true, &edges[..1]),
        entry(9, true, &edges[..0]),
    ];
    let mut words = vec![99, 4];
    entries.iter().for_each(|entry| entry.write(&mut words));
    words.push(99);
    assert_eq!(Entries::of(&words, 1).collect::<Vec<_>>(), entries);
    assert_eq!(Entries::of(&words, 1000).next(), None);
}
