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


def shipped_packages(facts: dict, name: str) -> list[dict]:
    """The package `name`, then all packages that its binary contains on some system, sorted."""
    packages = {it["id"]: it for it in facts["packages"]}
    nodes = {it["id"]: it for it in facts["resolve"]["nodes"]}
    root = next(it["id"] for it in facts["packages"] if it["name"] == name and it["source"] is None)
    found, waiting = set(), [root]
    while waiting:
        identity = waiting.pop()
        if identity not in found:
            found.add(identity)
            waiting.extend(
                dependency["pkg"]
                for dependency in nodes[identity]["deps"]
                if any(it["kind"] is None for it in dependency["dep_kinds"])
            )
    others = sorted((packages[it] for it in found - {root}), key=lambda it: (it["name"], it["version"]))
    return [packages[root], *others]
