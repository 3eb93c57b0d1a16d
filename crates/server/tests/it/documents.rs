//! Documents read from photographs, to save typing; nothing of them is kept.

use std::path::PathBuf;

use mibun_server::config::Config;
use reqwest::RequestBuilder;

use crate::support::Town;
use crate::support::wire::send;

fn data(variable: &str) -> PathBuf {
    PathBuf::from(std::env::var_os(variable).unwrap_or_else(|| panic!("set {variable}: see CONTRIBUTING.md")))
}

fn with_models(config: &mut Config) {
    config.face.models_dir = Some(data("MIBUN_DOCUMENT_MODELS_DIR"));
}

fn reading(town: &Town, photograph: Vec<u8>) -> RequestBuilder {
    town.post("/api/documents/read").header("content-type", "image/jpeg").body(photograph)
}

#[tokio::test(flavor = "multi_thread")]
async fn number_and_name_of_a_photographed_card_are_read() {
    let town = Town::with(with_models).await;
    let folder = data("MIBUN_SHARED").join("documents/cn_id");
    let (file, number, name) = ("00_front_photo1000.jpg", "990101200209044694", "徐欣");
    let photograph = std::fs::read(folder.join(file)).expect("a photograph");
    let reply = send(reading(&town, photograph)).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let read = reply.json();
    assert_eq!(read["kind"], "resident_card");
    assert_eq!(read["number"], serde_json::json!({ "value": number, "checked": true }));
    assert_eq!(read["name"], serde_json::json!({ "value": name, "checked": false }));
    let disk = town.bytes_on_disk().await;
    let holds = |text: &str| disk.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(!holds(number) && !holds(name), "nothing of it is kept");
}

#[tokio::test]
async fn without_models_nothing_is_read() {
    let town = Town::open().await;
    let about = send(town.get("/api/about")).await.json();
    assert_eq!(about["reads_documents"], false);
    assert_eq!(send(reading(&town, vec![1, 2, 3])).await.told(), (409, "documents_not_read".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_photograph_of_a_document_is_refused() {
    let town = Town::with(with_models).await;
    assert_eq!(send(town.get("/api/about")).await.json()["reads_documents"], true);
    for noise in [Vec::new(), vec![7; 10_000], vec![0xff, 0xd8, 0xff, 0xe0]] {
        assert_eq!(send(reading(&town, noise)).await.told(), (422, "not_a_picture".to_owned()));
    }
    let large = send(reading(&town, vec![0; 9 * 1024 * 1024])).await;
    assert_eq!(large.status, 413, "{}", large.text());
}
