//! Certificates are verified.

use rustls::pki_types::PrivateKeyDer;

use super::server::Server;
use super::{command, ran};
use crate::work::Work;

/// A server with a certificate that nobody has signed, and the certificate.
fn server() -> (Server, String) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let own = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a key");
    let key = PrivateKeyDer::try_from(own.signing_key.serialize_der()).expect("a key");
    let tls = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)
        .expect("TLS");
    (Server::secure(tls), own.cert.pem())
}

#[test]
fn a_certificate_must_be_trusted() {
    let (work, (server, pem)) = (Work::new(), server());
    let said = ran(command(&work, &server, &["-o", "a.json"]))
        .exits(4)
        .stderr;
    for part in ["N009", "certificate", "--ca-cert"] {
        assert!(said.contains(part), "{said}");
    }
    assert!(
        !said.contains("before retry"),
        "no try makes it trusted: {said}"
    );
    assert!(server.seen().is_empty() && work.names().is_empty());
    work.write("own.pem", pem);
    ran(command(
        &work,
        &server,
        &["--ca-cert", "own.pem", "-o", "a.json"],
    ))
    .exits(0);
    assert_eq!(server.asked().len(), 1);
}
