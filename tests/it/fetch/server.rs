//! A stand-in for the API on loopback: it signs in, answers aggregates queries, and otherwise does
//! what a test's script says.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

/// A request as it came in.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: String,
    /// With its query.
    pub path: String,
    pub headers: HashMap<String, String>,
    pub body: String,
    /// Whether it was meant for another host.
    pub proxied: bool,
    /// How many came before it to the same method and path.
    pub before: usize,
}

impl Seen {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }
}

/// What a script answers.
#[derive(Debug, Clone)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    /// Promise more than is sent.
    cut: bool,
    /// Send nothing for so long.
    hang: Duration,
}

impl Answer {
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.into(),
            cut: false,
            hang: Duration::ZERO,
        }
    }

    pub fn json(status: u16, body: &Value) -> Self {
        Self::new(status, body.to_string()).header("Content-Type", "application/json")
    }

    /// An error body of the API.
    pub fn error(status: u16, code: &str, message: &str) -> Self {
        let body = json!({"message": message, "code": code, "status": status,
            "contextId": "context-7", "details": [], "errors": []});
        Self::json(status, &body)
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Breaks off in the middle of the body.
    pub fn cut(mut self) -> Self {
        self.cut = true;
        self
    }

    pub fn hang(mut self, time: Duration) -> Self {
        self.hang = time;
        self
    }

    /// A raw answer as a page shows it: status line, headers, an empty line, the body.
    pub fn raw(text: &str) -> Self {
        let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
        let mut lines = head.lines();
        let status = lines.next().expect("a status line");
        let status = status.split(' ').nth(1).expect("a status").parse();
        let mut answer = Self::new(status.expect("a number"), body);
        for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
            if name == "Content-Length" {
                answer.cut = true;
            } else {
                answer = answer.header(name, value);
            }
        }
        answer
    }
}

type Script = dyn Fn(&Seen) -> Option<Answer> + Send + Sync;

/// The server; it ends with the test.
pub struct Server {
    pub url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    most: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
}

/// What every test signs in with.
pub const SECRET: &str = "client-secret-do-not-tell";
/// What every token begins with.
pub const TOKEN: &str = "access-token-do-not-tell";

impl Server {
    /// Answers by the script, and in the usual way where it has nothing to say.
    pub fn start(script: impl Fn(&Seen) -> Option<Answer> + Send + Sync + 'static) -> Self {
        Self::with(script, None)
    }

    /// The usual server behind TLS.
    pub fn secure(tls: rustls::ServerConfig) -> Self {
        let mut server = Self::with(|_| None, Some(Arc::new(tls)));
        server.url = server.url.replace("http://127.0.0.1", "https://localhost");
        server
    }

    fn with(
        script: impl Fn(&Seen) -> Option<Answer> + Send + Sync + 'static,
        tls: Option<Arc<rustls::ServerConfig>>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let server = Self {
            url: format!("http://{}", listener.local_addr().expect("an address")),
            seen: Arc::default(),
            most: Arc::default(),
            stop: Arc::default(),
        };
        let script: Arc<Script> = Arc::new(script);
        let (seen, stop) = (Arc::clone(&server.seen), Arc::clone(&server.stop));
        let (most, open) = (Arc::clone(&server.most), Arc::new(AtomicUsize::new(0)));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let (script, seen) = (Arc::clone(&script), Arc::clone(&seen));
                let (most, open) = (Arc::clone(&most), Arc::clone(&open));
                let tls = tls.clone();
                std::thread::spawn(move || {
                    most.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    match tls {
                        None => serve(stream, &*script, &seen, &open),
                        Some(tls) => {
                            let tls = rustls::ServerConnection::new(tls).expect("TLS");
                            let mut stream = rustls::StreamOwned::new(tls, stream);
                            serve(&mut stream, &*script, &seen, &open);
                            stream.conn.send_close_notify();
                            let _ = stream.flush();
                        }
                    }
                });
            }
        });
        server
    }

    /// A server that always answers in the usual way.
    pub fn usual() -> Self {
        Self::start(|_| None)
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("the list").clone()
    }

    /// The requests other than sign-ins.
    pub fn asked(&self) -> Vec<Seen> {
        let seen = self.seen();
        seen.into_iter()
            .filter(|it| it.path != "/oauth/token")
            .collect()
    }

    /// The requests in the form `POST /path`.
    pub fn lines(&self) -> Vec<String> {
        let seen = self.seen();
        seen.iter()
            .map(|it| format!("{} {}", it.method, it.path))
            .collect()
    }

    /// The most requests that were open at once.
    pub fn most_at_once(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.url.rsplit('/').next().unwrap_or_default());
    }
}

fn serve(stream: impl Read + Write, script: &Script, list: &Mutex<Vec<Seen>>, open: &AtomicUsize) {
    let mut reader = BufReader::new(stream);
    let Some(mut seen) = request(&mut reader) else {
        open.fetch_sub(1, Ordering::SeqCst);
        return;
    };
    {
        let mut list = list.lock().expect("the list");
        let same = |it: &&Seen| it.method == seen.method && it.path == seen.path;
        seen.before = list.iter().filter(same).count();
        list.push(seen.clone());
    }
    let answer = script(&seen).unwrap_or_else(|| usual(&seen));
    std::thread::sleep(answer.hang);
    // Before the answer: the next request may come as soon as it is read.
    open.fetch_sub(1, Ordering::SeqCst);
    let length = answer.body.len() + if answer.cut { 1000 } else { 0 };
    let mut head = format!(
        "HTTP/1.1 {} X\r\nContent-Length: {length}\r\nConnection: close\r\n",
        answer.status
    );
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let stream = reader.get_mut();
    // The other side may have gone.
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(b"\r\n");
    let _ = stream.write_all(&answer.body);
}

fn request(reader: &mut impl BufRead) -> Option<Seen> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?);
    // A proxy sees the whole address.
    let path = target
        .strip_prefix("http://")
        .map(|rest| &rest[rest.find('/').unwrap_or(0)..]);
    let (proxied, path) = (path.is_some(), path.unwrap_or(target).to_owned());
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let length = headers
        .get("content-length")
        .and_then(|text| text.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some(Seen {
        method,
        path,
        headers,
        body: String::from_utf8(body).ok()?,
        proxied,
        before: 0,
    })
}

/// The answer of an API where all is well.
pub fn usual(seen: &Seen) -> Answer {
    if seen.path == "/oauth/token" {
        let token = format!("{TOKEN}-{}", seen.before);
        let body = json!({"access_token": token, "token_type": "bearer", "expires_in": 86399});
        return Answer::json(200, &body);
    }
    if seen.path == "/api/v2/analytics/conversations/summary/query" {
        return Answer::json(
            200,
            &json!({"entities": [{"id": "all", "metrics": {
            "talkTime": {"value": 61.5, "unit": "s", "label": "Talk"}}}]}),
        );
    }
    if seen.path.ends_with("/aggregates/query") {
        return Answer::new(200, response(&seen.json()))
            .header("Content-Type", "application/json")
            .header("ININ-Correlation-Id", "correlation-5");
    }
    Answer::error(404, "not.found", "no such place")
}

/// A group for each user that is asked for, or one, with a bucket of the whole interval. The
/// spaces are there to be kept.
pub fn response(query: &Value) -> String {
    let interval = query["interval"].as_str().expect("an interval");
    let users = query["filter"]["clauses"][0]["predicates"].as_array();
    let groups: Vec<String> = match users {
        Some(users) => users
            .iter()
            .map(|it| format!(r#"{{"userId": {}}}"#, it["value"]))
            .collect(),
        None => vec![r#"{"mediaType": "voice"}"#.to_owned()],
    };
    let containers: Vec<String> = groups
        .iter()
        .map(|group| {
            format!(
                r#"{{"group": {group}, "data": [{{"interval": "{interval}", "metrics": [{{"metric": "tWait", "stats": {{"max": 4864058.0, "min": 7, "count": 2, "sum": 4864065.0}}}}]}}]}}"#
            )
        })
        .collect();
    format!("{{\"results\": [{}]}}\n", containers.join(", "))
}
