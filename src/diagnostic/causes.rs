//! Findings grouped by cause: the same code, severity and cause.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Code, Severity};

/// A cause of findings, and what is known of them.
#[derive(Debug, Clone)]
pub struct Cause<T> {
    pub code: Code,
    pub severity: Severity,
    pub text: Arc<str>,
    pub findings: T,
}

impl<T> Cause<T> {
    /// Returns true if its findings are errors.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Causes in the order of their first findings.
#[derive(Debug, Clone)]
pub struct Causes<T> {
    all: Vec<Cause<T>>,
    numbers: HashMap<(Code, Severity), HashMap<Arc<str>, u32>>,
}

impl<T> Default for Causes<T> {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            numbers: HashMap::new(),
        }
    }
}

impl<T: Default> Causes<T> {
    /// The number of a cause, which is added where it is new.
    pub fn number(&mut self, code: Code, severity: Severity, text: &str) -> u32 {
        let numbers = self.numbers.entry((code, severity)).or_default();
        if let Some(number) = numbers.get(text) {
            return *number;
        }
        let (number, text) = (self.all.len() as u32, Arc::<str>::from(text));
        numbers.insert(Arc::clone(&text), number);
        self.all.push(Cause {
            code,
            severity,
            text,
            findings: T::default(),
        });
        number
    }

    /// The cause with a number that [`Causes::number`] gave.
    pub fn get(&self, number: u32) -> &Cause<T> {
        &self.all[number as usize]
    }

    /// The findings of the cause with this number.
    pub fn findings(&mut self, number: u32) -> &mut T {
        &mut self.all[number as usize].findings
    }

    /// The causes in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Cause<T>> {
        self.all.iter()
    }

    /// The findings of each cause, in order.
    pub fn all_findings(&mut self) -> impl Iterator<Item = &mut T> {
        self.all.iter_mut().map(|cause| &mut cause.findings)
    }
}
