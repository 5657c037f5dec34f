#!/usr/bin/env python3
"""Writes the files that name archives: installers, Homebrew formula, Scoop manifest, SHA256SUMS.

    packages/manifests.py

Reads dist/, fills the templates of packages/templates/, and writes the results to dist/.
"""

import hashlib

from project import ROOT, package


def main():
    dist = ROOT / "dist"
    facts = package()
    version = facts["version"]
    values = {
        "@VERSION@": version,
        "@REPOSITORY@": facts["repository"],
        "@DESCRIPTION@": facts["description"],
        "@DOWNLOAD@": f"{facts['repository']}/releases/download/v{version}",
    }
    for path in dist.glob(f"gcagg-{version}-*-*"):
        target = path.name.removeprefix(f"gcagg-{version}-").split(".")[0]
        values[f"@SHA256:{target}@"] = hashlib.sha256(path.read_bytes()).hexdigest()
    for template in (ROOT / "packages/templates").iterdir():
        text = template.read_text()
        for key, value in values.items():
            text = text.replace(key, value)
        (dist / template.name).write_text(text)
        if "@SHA256:" in text:
            print(f"{template.name}: not every archive is in dist/")
    sums = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted(dist.iterdir())
        if path.is_file() and path.name != "SHA256SUMS"
    ]
    (dist / "SHA256SUMS").write_text("".join(sums))


main()
