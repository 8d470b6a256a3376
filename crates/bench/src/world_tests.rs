use super::*;

#[test]
fn a_world_that_does_not_fit_is_not_begun() {
    let folder = std::env::temp_dir();
    assert!(check_room(&folder, 1).is_ok());
    let error = check_room(&folder, u64::MAX);
    assert!(matches!(error, Err(Error::DiskTooSmall { .. })), "{error:?}");
}

#[test]
fn a_world_is_made_once_and_made_anew_for_other_options() -> Result<()> {
    let folder = tempfile::tempdir().map_err(Error::io("temporary folder"))?;
    let mut worlds = Worlds {
        folder: folder.path().to_owned(),
        given: None,
        scale: 0.0001,
        seed: 7,
        codec: Codec::Snappy,
    };
    let mut made = 0;
    let first = worlds.world(WorldKind::Plain, 1, &mut |_| made += 1)?;
    worlds.world(WorldKind::Plain, 2, &mut |_| made += 1)?;
    assert_eq!(made, 1);
    let skewed = worlds.world(WorldKind::Skewed, 1, &mut |_| made += 1)?;
    assert_eq!((made, skewed.summary.options.skew), (2, 0.05));
    let inside = worlds.world(WorldKind::Inside, 1, &mut |_| made += 1)?;
    assert_eq!((made, inside.summary.options.inside), (3, 2.0 / 3.0));
    // Unfinished: made anew.
    fs::remove_file(first.folder.join("world.json")).map_err(Error::io(&first.folder))?;
    worlds.world(WorldKind::Plain, 1, &mut |_| made += 1)?;
    assert_eq!(made, 4);
    // Of another codec: beside the first, with the same answers.
    worlds.codec = Codec::Zstd;
    let zstd = worlds.world(WorldKind::Plain, 1, &mut |_| made += 1)?;
    assert_eq!(made, 5);
    assert_ne!(zstd.folder, first.folder);
    let answers = |world: &World| fs::read(world.folder.join("answers.json")).map_err(Error::io("answers"));
    assert_eq!(answers(&zstd)?, answers(&first)?);
    worlds.codec = Codec::Snappy;
    worlds.given = Some(skewed.folder);
    assert_eq!(
        worlds
            .world(WorldKind::Plain, 1, &mut |_| ())?
            .summary
            .options
            .skew,
        0.05
    );
    Ok(())
}
