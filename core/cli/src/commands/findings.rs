//! What a check found, as text.

use serde_json::{Value, json};
use tidegate_plugin::{Finding, Level};

/// Findings, each with the stage that it is about.
#[derive(Debug, Default)]
pub(crate) struct Findings(Vec<(String, Finding)>);

impl Findings {
    pub(crate) fn add(&mut self, stage: &str, findings: impl IntoIterator<Item = Finding>) {
        self.0.extend(findings.into_iter().map(|finding| (stage.to_owned(), finding)));
    }

    /// Takes secrets out of what was found, and leaves our own words alone.
    pub(crate) fn cleaned(self, clean: impl Fn(&str) -> String) -> Self {
        let cleaned = |(stage, finding): (String, Finding)| {
            let message = clean(&finding.message);
            let remedy = finding.remedy.as_deref().map(&clean);
            (stage, Finding { message, remedy, ..finding })
        };
        Self(self.0.into_iter().map(cleaned).collect())
    }

    /// Tells whether one of them has this message.
    pub(crate) fn say(&self, message: &str) -> bool {
        self.0.iter().any(|(_, finding)| finding.message == message)
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.0.iter().any(|(_, finding)| finding.level == Level::Error)
    }

    pub(crate) fn to_json(&self) -> Value {
        let entry = |(stage, finding): &(String, Finding)| {
            json!({
                "stage": stage,
                "level": finding.level,
                "item": finding.item,
                "message": finding.message,
                "remedy": finding.remedy,
            })
        };
        self.0.iter().map(entry).collect()
    }

    /// Returns one line a finding, and its remedy below.
    pub(crate) fn to_text(&self) -> String {
        let mut text = String::new();
        for (stage, Finding { level, item, message, remedy }) in &self.0 {
            let level = match level {
                Level::Ok => "ok",
                Level::Warning => "warning",
                Level::Error => "error",
            };
            text.push_str(&format!("{level:<7}  {stage}: {item}: {message}\n"));
            if let Some(remedy) = remedy {
                text.push_str(&format!("         → {remedy}\n"));
            }
        }
        text
    }
}
