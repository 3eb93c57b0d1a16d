//! The scene files that come with the binary.

use std::collections::BTreeMap;

use mibun_trust::scene::{self, SceneFileError};
use mibun_trust::{Scene, SceneId};

const FILES: [(&str, &str); 6] = [
    ("air-checkin.toml", include_str!("../../../scenes/air-checkin.toml")),
    ("bank-account.toml", include_str!("../../../scenes/bank-account.toml")),
    ("hotel-checkin-cn.toml", include_str!("../../../scenes/hotel-checkin-cn.toml")),
    ("hotel-checkin-jp.toml", include_str!("../../../scenes/hotel-checkin-jp.toml")),
    ("parcel-drop-off.toml", include_str!("../../../scenes/parcel-drop-off.toml")),
    ("rail-ticket.toml", include_str!("../../../scenes/rail-ticket.toml")),
];

/// All scenes of this build.
///
/// # Errors
/// The first file that must not be used.
pub fn load() -> Result<BTreeMap<SceneId, Scene>, SceneFileError> {
    scene::load_all(&FILES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scene_file_of_the_folder_is_in_the_binary_and_loads() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenes");
        let mut on_disk: Vec<String> = std::fs::read_dir(folder)
            .expect("the folder of scenes")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        on_disk.sort();
        assert_eq!(on_disk, FILES.map(|(name, _)| name.to_owned()));
        assert_eq!(load().expect("all scenes load").len(), FILES.len());
    }
}
