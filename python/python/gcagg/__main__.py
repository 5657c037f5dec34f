"""The command line: ``python -m gcagg`` and the script ``gcagg``."""

import sys

from . import _native


def main() -> int:
    """Runs the command line with the arguments of this process."""
    return _native.main(["gcagg", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
