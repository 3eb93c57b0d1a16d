use sqlx::sqlite::SqliteConnectOptions;

use super::*;

#[tokio::test]
async fn a_file_that_forgets_on_power_loss_is_refused() {
    let path = std::env::temp_dir().join(format!("mibun-durable-{}", std::process::id()));
    let careless = options(&path).create_if_missing(true).synchronous(SqliteSynchronous::Normal);
    let mut connection = careless.connect().await.expect("the file opens");
    let refused = check_durable(&mut connection).await;
    assert!(matches!(refused, Err(OpenError::NotDurable { setting: "synchronous", .. })), "{refused:?}");
    drop(connection);
    std::fs::remove_file(&path).expect("the file was made");
}

#[tokio::test]
async fn a_file_without_a_log_is_refused() {
    let mut connection = SqliteConnectOptions::new().in_memory(true).connect().await.expect("memory opens");
    let refused = check_durable(&mut connection).await;
    assert!(matches!(refused, Err(OpenError::NotDurable { setting: "journal_mode", .. })), "{refused:?}");
}
