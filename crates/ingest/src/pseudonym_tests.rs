use super::{Pseudonyms, pseudonym};

#[test]
fn it_is_the_published_hmac_cut_to_16_bytes() {
    // RFC 4231 test case 2 has a short key; its zero-padded form is the same key to HMAC.
    let mut key = [0; 32];
    key[..4].copy_from_slice(b"Jefe");
    assert_eq!(
        pseudonym(&key, "what do ya want for nothing?"),
        "5bdcc146bf60754e6a042426089575c7"
    );
}

#[test]
fn key_and_id_both_matter_and_one_id_does_not_change_the_next() {
    let ids = [
        "0f8fad5b-d9cb-469f-a165-70867728950e",
        "0f8fad5b-d9cb-469f-a165-70867728950f",
    ];
    let alone = ids.map(|id| pseudonym(&[1; 32], id));
    assert_ne!(alone[0], alone[1]);
    assert_ne!(alone[0], pseudonym(&[2; 32], ids[0]));
    let pseudonyms = Pseudonyms::new(&[1; 32]);
    assert_eq!(ids.map(|id| pseudonyms.of(id)), alone);
    assert_eq!(ids.map(|id| pseudonyms.of(id)), alone);
}
