//! Every promise is listed in the macro, so none can be written and never run.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[test]
fn every_promise_is_listed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/contract");
    let list = fs::read_to_string(folder.with_extension("rs")).expect("the macro is readable");
    let listed: BTreeSet<&str> = list.split_whitespace().collect();
    let mut promises = 0;
    for file in fs::read_dir(&folder).expect("the folder is readable") {
        let path = file.expect("the entry is readable").path();
        let text = fs::read_to_string(&path).expect("the file is readable");
        for line in text.lines().filter_map(|line| line.strip_prefix("pub async fn ")) {
            let name = line.split('(').next().expect("a function has a name");
            assert!(listed.contains(name), "{name} of {} is not in contract_tests!", path.display());
            promises += 1;
        }
    }
    assert!(promises > 150, "only {promises} promises were found");
}
