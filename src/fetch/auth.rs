//! Signing in: a token that is kept in memory, and renewed before it expires.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use parking_lot::Mutex;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::clock::Clock;
use super::credentials::{self, Credentials};
use super::http::{Authorization, Reply};
use super::redact;

/// Every token so far, the current one last: an answer to an old one may come after a new one.
pub type IssuedTokens = Arc<Mutex<Vec<Arc<SecretString>>>>;

/// Credentials, and the token they were exchanged for.
#[derive(Debug)]
pub struct Auth {
    credentials: Credentials,
    /// The token, and when to renew it, by the clock's [`Clock::elapsed`].
    current: Mutex<Option<(Arc<SecretString>, Duration)>>,
    issued: IssuedTokens,
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
            issued: Arc::new(Mutex::new(issued)),
        }
    }

    /// The names of the variables, for a sentence.
    pub fn named(&self) -> &str {
        self.credentials.named()
    }

    /// The token, for readers that cannot wait.
    pub fn issued(&self) -> IssuedTokens {
        Arc::clone(&self.issued)
    }

    /// Returns true if a token that is refused can be replaced.
    pub fn renews(&self) -> bool {
        matches!(self.credentials, Credentials::Client { .. })
    }

    /// The token; `exchange` gets a new one where there is none or it is about to expire. Other
    /// threads wait for it rather than get their own.
    pub fn token<E>(
        &self,
        clock: &dyn Clock,
        exchange: impl FnOnce(Authorization<'_>) -> Result<(SecretString, u64), E>,
    ) -> Result<Arc<SecretString>, E> {
        let (id, secret) = match &self.credentials {
            Credentials::Token { token, .. } => return Ok(Arc::new(token.clone())),
            Credentials::Client { id, secret, .. } => (id, secret),
        };
        let mut current = self.current.lock();
        if let Some((token, until)) = &*current
            && clock.elapsed() < *until
        {
            return Ok(Arc::clone(token));
        }
        let (secret, life) = exchange(Authorization::Basic(id, secret))?;
        let secret = Arc::new(secret);
        // A tenth of its life, or a minute, is left for requests that are on their way.
        let margin = (life / 10).min(60);
        let life = Duration::from_secs(life - margin);
        *current = Some((Arc::clone(&secret), clock.elapsed().saturating_add(life)));
        self.issued.lock().push(Arc::clone(&secret));
        Ok(secret)
    }

    /// Forgets a token that was refused, unless another has taken its place.
    pub fn forget(&self, refused: &Arc<SecretString>) {
        let mut current = self.current.lock();
        if current
            .as_ref()
            .is_some_and(|(token, _)| Arc::ptr_eq(token, refused))
        {
            *current = None;
        }
    }

    /// The length of the longest secret in bytes.
    pub fn longest_secret(&self) -> usize {
        let of = |secret: &SecretString| secret.expose_secret().len();
        let issued = self.issued.lock().iter().map(|token| of(token)).max();
        let own = match &self.credentials {
            Credentials::Client { id, secret, .. } => of(id) + of(secret),
            Credentials::Token { token, .. } => of(token),
        };
        issued.unwrap_or_default().max(own)
    }

    /// The text without any secret of ours that a server may have repeated.
    pub fn redacted(&self, text: &str) -> String {
        let issued = self.issued.lock();
        let mut secrets: Vec<&str> = issued.iter().map(|it| it.expose_secret()).collect();
        let pair;
        if let Credentials::Client { id, secret, .. } = &self.credentials {
            let (id, secret) = (id.expose_secret(), secret.expose_secret());
            pair = STANDARD.encode(format!("{id}:{secret}"));
            secrets.extend([id, secret, &pair]);
        }
        redact::redacted(text, &secrets)
    }
}

/// The token and its life in seconds, out of the answer to a sign-in.
pub fn granted(reply: &Reply) -> Option<(SecretString, u64)> {
    let body = reply.json();
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
        let clock = crate::fetch::clock::SystemClock::default();
        let auth = Auth::new(Credentials::Client {
            id: "the-id".into(),
            secret: "the\"secret".into(),
            named: String::new(),
        });
        for token in ["first-token", "second-token"] {
            let token = auth
                .token::<()>(&clock, |_| Ok((token.into(), 60)))
                .unwrap();
            auth.forget(&token);
        }
        assert_eq!(
            auth.redacted("first-token second-token the-id the\"secret the\\\"secret"),
            ["[redacted]"; 5].join(" ")
        );
    }
}
