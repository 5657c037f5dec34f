#!/usr/bin/env python3
"""Writes the licences of the crates in the command, or in the Python package, to one file.

    packages/licences.py gcagg target/ship/LICENSES-OF-CRATES.txt

Equal texts appear once, after the names of their crates. A crate without a licence file is named with the
licence that its metadata states.
"""

import collections
import pathlib
import sys

from project import metadata, shipped_packages

SOURCES = (".rs", ".c", ".h", ".py", ".html")
NAMES = ("license", "licence", "copying", "notice", "unlicense")


def texts(package):
    folder = pathlib.Path(package["manifest_path"]).parent
    # A crate may have sources of others, with their licences beside them.
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name.lower().startswith(NAMES) and path.suffix not in SOURCES:
            yield path.read_text(errors="replace").replace("\r\n", "\n").strip() + "\n"


def main():
    name, target = sys.argv[1:]
    crates = collections.defaultdict(list)
    stated = []
    for package in shipped_packages(metadata(), name):
        title = f"{package['name']} {package['version']}"
        found = list(texts(package))
        for text in found:
            crates[text].append(title)
        if not found:
            stated.append(f"{title}: {package['license']}\n")
    with open(target, "w") as file:
        for text, names in sorted(crates.items(), key=lambda it: it[1]):
            file.write(f"{'=' * 100}\n{', '.join(names)}\n\n{text}\n")
        file.write(f"{'=' * 100}\nCrates without a licence file:\n\n{''.join(stated)}")
    print(f"{target}: {len(crates)} texts, {len(stated)} crates without a file")


main()
