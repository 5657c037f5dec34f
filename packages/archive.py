#!/usr/bin/env python3
"""Packs target/ship as dist/gcagg-VERSION-TARGET.tar.gz, or .zip for Windows.

    packages/archive.py x86_64-unknown-linux-musl

The same files give the same bytes: names are sorted, and times are those of SOURCE_DATE_EPOCH.
"""

import gzip
import io
import os
import sys
import tarfile
import time
import zipfile

from project import ROOT, package

EPOCH = max(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), 315532800)  # zip begins in 1980


def files():
    """Path in the archive, content and mode of each file."""
    folder = ROOT / "target/ship"
    for path in sorted(it for it in folder.rglob("*") if it.is_file()):
        mode = 0o755 if path.stem == "gcagg" and path.parent == folder else 0o644
        yield path.relative_to(folder).as_posix(), path.read_bytes(), mode


def write_tar(target, name):
    with (
        open(target, "wb") as file,
        gzip.GzipFile("", "wb", 9, file, mtime=EPOCH) as packed,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        for path, content, mode in files():
            entry = tarfile.TarInfo(f"{name}/{path}")
            entry.size, entry.mode, entry.mtime = len(content), mode, EPOCH
            archive.addfile(entry, io.BytesIO(content))


def write_zip(target, name):
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, content, mode in files():
            entry = zipfile.ZipInfo(f"{name}/{path}", time.gmtime(EPOCH)[:6])
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, mode << 16
            archive.writestr(entry, content)


def main():
    target = sys.argv[1]
    name = f"gcagg-{package()['version']}-{target}"
    (ROOT / "dist").mkdir(exist_ok=True)
    if "windows" in target:
        write_zip(ROOT / f"dist/{name}.zip", name)
    else:
        write_tar(ROOT / f"dist/{name}.tar.gz", name)


main()
