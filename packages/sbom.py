#!/usr/bin/env python3
"""Writes the crates of the command, or of the Python package, as a CycloneDX SBOM.

    packages/sbom.py gcagg dist/gcagg.cdx.json
    packages/sbom.py gcagg-python python/gcagg.cdx.json

Names, versions, licences and checksums come from Cargo.lock and `cargo metadata`. The file has no
path of the machine that built it, and equal inputs give equal bytes.
"""

import json
import sys
import tomllib

from project import ROOT, metadata


def reference(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def component(package, checksums):
    checksum = checksums.get((package["name"], package["version"]))
    found = {
        "type": "library",
        "bom-ref": reference(package),
        "name": package["name"],
        "version": package["version"],
        "purl": reference(package),
    }
    if package.get("license"):
        found["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
    if checksum:
        found["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    if package.get("repository"):
        found["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
    return found


def shipped(nodes, root):
    """Ids of `root` and of each package that its binary contains."""
    found, waiting = set(), [root]
    while waiting:
        node = nodes[waiting.pop()]
        if node["id"] in found:
            continue
        found.add(node["id"])
        for dependency in node["deps"]:
            if any(kind["kind"] is None for kind in dependency["dep_kinds"]):
                waiting.append(dependency["pkg"])
    return found


def main():
    name, target = sys.argv[1:]
    facts = metadata()
    packages = {it["id"]: it for it in facts["packages"]}
    nodes = {it["id"]: it for it in facts["resolve"]["nodes"]}
    root = next(it for it in facts["packages"] if it["name"] == name and it["source"] is None)
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]
    checksums = {(it["name"], it["version"]): it.get("checksum") for it in lock}
    found = shipped(nodes, root["id"])
    others = sorted((packages[it] for it in found if it != root["id"]), key=reference)
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {**component(root, checksums), "type": "application"}},
        "components": [component(it, checksums) for it in others],
        "dependencies": [
            {
                "ref": reference(packages[it]),
                "dependsOn": sorted(
                    reference(packages[dependency["pkg"]])
                    for dependency in nodes[it]["deps"]
                    if dependency["pkg"] in found
                ),
            }
            for it in sorted(found, key=lambda it: reference(packages[it]))
        ],
    }
    (ROOT / target).parent.mkdir(exist_ok=True)
    (ROOT / target).write_text(json.dumps(document, indent=1) + "\n")
    print(f"{target}: {len(others)} components")


main()
