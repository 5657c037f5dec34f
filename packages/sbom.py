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

from project import ROOT, metadata, shipped_packages


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


def main():
    name, target = sys.argv[1:]
    facts = metadata()
    root, *packages = shipped_packages(facts, name)
    names = {it["id"]: reference(it) for it in (root, *packages)}
    nodes = {it["id"]: it for it in facts["resolve"]["nodes"]}
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]
    checksums = {(it["name"], it["version"]): it.get("checksum") for it in lock}
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {**component(root, checksums), "type": "application"}},
        "components": [component(it, checksums) for it in packages],
        "dependencies": [
            {
                "ref": names[it],
                "dependsOn": sorted({names[other] for other in nodes[it]["dependencies"] if other in names}),
            }
            for it in sorted(names, key=names.get)
        ],
    }
    (ROOT / target).parent.mkdir(exist_ok=True)
    (ROOT / target).write_text(json.dumps(document, indent=1) + "\n")
    print(f"{target}: {len(packages)} components")


main()
