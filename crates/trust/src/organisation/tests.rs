use super::*;

fn hotel() -> Organisation {
    Organisation {
        id: "hotel-sakura".into(),
        names: Texts::fixed("Hotel Sakura", "ホテルさくら", "樱花酒店"),
        scenes: BTreeSet::from([SceneId::parse("hotel-checkin-jp").expect("a valid id")]),
    }
}

#[test]
fn a_registered_scene_may_be_asked() {
    assert_eq!(hotel().may_ask(&SceneId::parse("hotel-checkin-jp").expect("a valid id")), Ok(()));
}

#[test]
fn any_other_scene_is_refused_by_name() {
    let scene = SceneId::parse("bank-account").expect("a valid id");
    let refused = NotRegistered { organisation: "hotel-sakura".into(), scene: scene.clone() };
    assert_eq!(hotel().may_ask(&scene), Err(refused));
}
