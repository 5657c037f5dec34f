#!/bin/sh
# Installs gcagg @VERSION@ to ~/.local/bin, or to the folder in GCAGG_INSTALL_DIR.
# Needs curl or wget, tar, and sha256sum or shasum. Needs no root.
set -eu

download="${GCAGG_DOWNLOAD:-@DOWNLOAD@}"
folder="${GCAGG_INSTALL_DIR:-$HOME/.local/bin}"

stop() { printf 'gcagg-install: %s\n' "$1" >&2; exit 1; }

case "$(uname -s)-$(uname -m)" in
Linux-x86_64 | Linux-amd64) target=x86_64-unknown-linux-musl ;;
Linux-aarch64 | Linux-arm64) target=aarch64-unknown-linux-musl ;;
Darwin-x86_64) target=x86_64-apple-darwin ;;
Darwin-arm64) target=aarch64-apple-darwin ;;
*) stop "there is no archive for $(uname -s) $(uname -m); with Rust: cargo install --locked gcagg" ;;
esac

name="gcagg-@VERSION@-$target"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

get() {
    if command -v curl >/dev/null; then
        curl --fail --silent --show-error --location --output "$scratch/$1" "$download/$1"
    elif command -v wget >/dev/null; then
        wget --quiet --output-document="$scratch/$1" "$download/$1"
    else
        stop "needs curl or wget"
    fi || stop "cannot download $download/$1"
}

get "$name.tar.gz"
get SHA256SUMS
expected="$(sed -n "s/ \{1,\}$name\.tar\.gz\$//p" "$scratch/SHA256SUMS")"
if command -v sha256sum >/dev/null; then
    actual="$(sha256sum "$scratch/$name.tar.gz")"
else
    actual="$(shasum -a 256 "$scratch/$name.tar.gz")"
fi
actual="${actual%% *}"
[ "$actual" = "$expected" ] || stop "$name.tar.gz has the checksum $actual, and SHA256SUMS says ${expected:-nothing}"

tar -xzf "$scratch/$name.tar.gz" -C "$scratch"
mkdir -p "$folder"
folder="$(cd "$folder" && pwd)"
[ ! -d "$folder/gcagg" ] || stop "$folder/gcagg is a folder"
cp "$scratch/$name/gcagg" "$folder/.gcagg.new"
chmod 755 "$folder/.gcagg.new"
version="$("$folder/.gcagg.new" --version)" || { rm -f "$folder/.gcagg.new"; stop "programs cannot run in $folder"; }
mv "$folder/.gcagg.new" "$folder/gcagg"
printf 'installed %s to %s\n' "$version" "$folder/gcagg"
case ":$PATH:" in
*":$folder:"*) ;;
*)
    case "${SHELL:-}" in
    *zsh) profile=.zprofile ;;
    *) profile=.profile ;;
    esac
    printf 'to find it in new shells: echo '\''export PATH="%s:$PATH"'\'' >>~/%s\n' "$folder" "$profile"
    ;;
esac
