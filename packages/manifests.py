#!/usr/bin/env python3
"""Writes the samples, and the files that name archives: installers, Homebrew formula, Scoop manifest, SHA256SUMS.

    packages/manifests.py

Reads dist/, fills the templates of packages/templates/, and writes the results to dist/.
"""

import hashlib
import zipfile

from project import ROOT, package


def write_samples(target):
    """Packs the samples, for people who have no clone."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(it for it in (ROOT / "samples").rglob("*") if it.is_file()):
            # Without a date, equal samples give equal bytes.
            entry = zipfile.ZipInfo(path.relative_to(ROOT).as_posix())
            archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)


def main():
    dist = ROOT / "dist"
    write_samples(dist / "gcagg-samples.zip")
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
