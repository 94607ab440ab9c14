# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python tests/simulator [--scenario NAME_OR_FILE] [--ports-from N] [--tls [KIND]] [--ready-file FILE]``."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

if not __package__:
    # Run as a folder: the folder itself is then on the path, where its parent belongs.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from simulator.server import TLS_KINDS, Simulator


def main() -> int:
    """Listen until SIGTERM or SIGINT; the one line on stdout is the URLs as JSON."""
    parser = argparse.ArgumentParser(prog="simulator", description="Stands in for the cloud on loopback.")
    parser.add_argument("--scenario", default="documented", help="a shipped scenario's name or a YAML file (default: %(default)s)")
    parser.add_argument("--ports-from", type=int, default=0, metavar="N", help="the first of seven consecutive ports (default: free ones)")
    parser.add_argument("--tls", nargs="?", const="valid", default=False, choices=TLS_KINDS, help="HTTPS with a throw-away CA")
    parser.add_argument("--ready-file", type=Path, metavar="FILE", help="write the URLs there too once it listens")
    options = parser.parse_args()

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        simulator = Simulator(options.scenario, options.ports_from, options.tls)
        simulator.start()
    except (ValueError, OSError) as error:
        parser.error(str(error))
    with simulator:
        line = json.dumps(simulator.urls)
        if options.ready_file:
            # Renamed into place: whoever waits for the file never sees half of it.
            partial = options.ready_file.with_name(options.ready_file.name + ".partial")
            partial.write_text(line + "\n", encoding="utf-8")
            partial.replace(options.ready_file)
        print(line, flush=True)
        stop.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
