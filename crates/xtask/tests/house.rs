//! The rules this repository holds itself to, each as a test. A failure names the file and the rule.

#[path = "house/arrows.rs"]
mod arrows;
#[path = "house/decisions.rs"]
mod decisions;
#[path = "house/effects.rs"]
mod effects;
#[path = "house/named.rs"]
mod named;
#[path = "house/packages.rs"]
mod packages;
#[path = "house/requirement_page.rs"]
mod requirement_page;
#[path = "../src/requirements.rs"]
mod requirements;
#[path = "house/sizes.rs"]
mod sizes;
#[path = "house/spdx.rs"]
mod spdx;
#[path = "house/texts.rs"]
mod texts;
#[path = "house/workspace.rs"]
mod workspace;
