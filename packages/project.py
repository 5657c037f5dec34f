"""Facts that Cargo.toml states: the version and the address of the project."""

import json
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent


def metadata(*options: str) -> dict:
    """The output of `cargo metadata`."""
    command = ["cargo", "metadata", "--format-version", "1", "--locked", *options]
    return json.loads(subprocess.check_output(command, cwd=ROOT))


def package() -> dict:
    """The package gcagg, as cargo describes it."""
    return next(it for it in metadata("--no-deps")["packages"] if it["name"] == "gcagg")
