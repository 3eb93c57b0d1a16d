//! The description of our own interface, from which the pages' client is generated.

use crate::support::Town;
use crate::support::wire::send;

#[test]
fn the_description_in_the_repository_is_that_of_the_routes() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi.json");
    let stored = std::fs::read_to_string(file).expect("openapi.json at the root of the repository");
    let routes = mibun_server::http::openapi::text();
    assert!(stored == routes, "write it again: mibun openapi > openapi.json");
}

#[tokio::test]
async fn every_installation_serves_its_description() {
    let town = Town::open().await;
    let reply = send(town.get("/openapi.json")).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"));
    assert_eq!(reply.text(), mibun_server::http::openapi::text());
}
