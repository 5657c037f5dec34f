//! Signing in: a token that is kept in memory, and renewed before it expires.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use parking_lot::Mutex;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use crate::diagnostic::Located;

use super::clock::Clock;
use super::credentials::{self, Credentials};
use super::fault::RequestError;
use super::http::Reply;
use super::redact;

/// A token, and when to renew it, by the clock's [`Clock::elapsed`]; or the fault of the sign-in, which
/// nobody tries again.
type SignIn = Result<(Arc<SecretString>, Duration), Box<Located>>;

/// Credentials, and the token they were exchanged for.
#[derive(Debug)]
pub struct Auth {
    credentials: Credentials,
    current: Mutex<Option<SignIn>>,
    /// Every token so far, the current one last: an answer to an old one may come after a new one.
    issued: Mutex<Vec<Arc<SecretString>>>,
}

/// A token that says nothing about its end lives for a day.
const USUAL_LIFE: u64 = 24 * 3600;

impl Auth {
    /// Credentials that have not been used yet.
    pub fn new(credentials: Credentials) -> Self {
        let issued = match &credentials {
            Credentials::Token { token, .. } => vec![Arc::new(token.clone())],
            Credentials::Client { .. } => Vec::new(),
        };
        Self {
            credentials,
            current: Mutex::new(None),
            issued: Mutex::new(issued),
        }
    }

    /// The names of the variables, for a sentence.
    pub fn named(&self) -> &str {
        self.credentials.named()
    }

    /// The latest token, if there is one.
    pub fn latest(&self) -> Option<Arc<SecretString>> {
        self.issued.lock().last().cloned()
    }

    /// Returns true if a token that is refused can be replaced.
    pub fn renews(&self) -> bool {
        matches!(self.credentials, Credentials::Client { .. })
    }

    /// The token; `exchange` gets a new one for an id and a secret where there is none or it is about to
    /// expire. Other threads wait for it rather than get their own.
    pub fn token(
        &self,
        clock: &dyn Clock,
        exchange: impl FnOnce(&str, &str) -> Result<(SecretString, u64), RequestError>,
    ) -> Result<Arc<SecretString>, RequestError> {
        let (id, secret) = match &self.credentials {
            Credentials::Token { token, .. } => return Ok(Arc::new(token.clone())),
            Credentials::Client { id, secret, .. } => (id, secret),
        };
        let mut current = self.current.lock();
        match &*current {
            Some(Ok((token, until))) if clock.elapsed() < *until => return Ok(Arc::clone(token)),
            Some(Err(fault)) => return Err(fault.clone().into()),
            _ => {}
        }
        let (token, life) = match exchange(id.expose_secret(), secret.expose_secret()) {
            Ok((token, life)) => (Arc::new(token), life),
            Err(error) => {
                if let RequestError::Fault(fault) = &error {
                    *current = Some(Err(fault.clone()));
                }
                return Err(error);
            }
        };
        // A tenth of its life, or a minute, is left for requests that are on their way.
        let life = Duration::from_secs(life - (life / 10).min(60));
        let until = clock.elapsed().saturating_add(life);
        *current = Some(Ok((Arc::clone(&token), until)));
        self.issued.lock().push(Arc::clone(&token));
        Ok(token)
    }

    /// Forgets a token that was refused, unless another has taken its place.
    pub fn forget(&self, refused: &Arc<SecretString>) {
        let is_refused =
            |it: &mut SignIn| it.as_ref().is_ok_and(|(it, _)| Arc::ptr_eq(it, refused));
        self.current.lock().take_if(is_refused);
    }

    /// Calls `take` with every secret.
    fn with_secrets<R>(&self, take: impl FnOnce(&[&str]) -> R) -> R {
        let issued = self.issued.lock();
        let mut secrets: Vec<&str> = issued.iter().map(|it| it.expose_secret()).collect();
        let pair;
        if let Credentials::Client { id, secret, .. } = &self.credentials {
            let (id, secret) = (id.expose_secret(), secret.expose_secret());
            pair = STANDARD.encode(format!("{id}:{secret}"));
            secrets.extend([id, secret, &pair]);
        }
        take(&secrets)
    }

    /// The length of the longest secret in bytes.
    pub fn longest_secret(&self) -> usize {
        self.with_secrets(|all| {
            all.iter()
                .map(|secret| secret.len())
                .max()
                .unwrap_or_default()
        })
    }

    /// The text without any secret of ours that a server may have repeated.
    pub fn redacted(&self, text: &str) -> String {
        self.with_secrets(|all| redact::redacted(text, all))
    }
}

/// The token and its life in seconds, out of the answer to a sign-in.
pub fn granted(reply: &Reply) -> Option<(SecretString, u64)> {
    let body = reply.body.json();
    let token = body["access_token"].as_str();
    let token = token.filter(|token| credentials::is_word(token))?;
    Some((token.into(), life(&body["expires_in"])))
}

/// The life of a token in seconds. Gateways write it as text or with decimals, or leave it out.
fn life(value: &Value) -> u64 {
    let seconds = match value {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_f64(),
    };
    // A life beyond all measure is the longest there is.
    seconds
        .filter(|seconds| *seconds >= 0.0)
        .map_or(USUAL_LIFE, |seconds| seconds as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_is_read_however_it_is_written() {
        let of = |text: &str| life(&serde_json::from_str(text).unwrap());
        assert_eq!(
            ["86399", "3600.0", "\"3600\"", "1e300"].map(of),
            [86399, 3600, 3600, u64::MAX]
        );
        assert_eq!(["null", "-1", "\"soon\"", "{}"].map(of), [USUAL_LIFE; 4]);
    }

    #[test]
    fn old_tokens_stay_secret() {
        let clock = std::time::Instant::now();
        let auth = Auth::new(Credentials::Client {
            id: "the-id".into(),
            secret: "the\"secret".into(),
            named: String::new(),
        });
        for token in ["first-token", "second-token"] {
            let token = auth.token(&clock, |_, _| Ok((token.into(), 60))).unwrap();
            auth.forget(&token);
        }
        assert_eq!(
            auth.redacted("first-token second-token the-id the\"secret the\\\"secret"),
            ["[redacted]"; 5].join(" ")
        );
    }
}
