use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{File, POSTGRES, SQLITE};

#[test]
fn every_file_of_the_folders_is_embedded_under_its_number() {
    for (folder, embedded) in [("sqlite", SQLITE), ("postgres", POSTGRES)] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder);
        let files = fs::read_dir(&folder).expect("the folder is readable");
        let names = files.map(|file| file.expect("the entry is readable").file_name());
        let found: BTreeSet<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
        assert_eq!(found, embedded.iter().map(name).collect());
    }
}

#[test]
fn both_backends_are_at_the_same_migration() {
    let numbers = |files: &[File]| files.iter().map(|file| (file.0, file.1)).collect::<Vec<_>>();
    assert_eq!(numbers(SQLITE), numbers(POSTGRES));
}

fn name((version, description, _): &File) -> String {
    format!("{version:04}_{description}.sql")
}
