"""What the peers share: options, the clock, the processor's name, the one JSON line."""
import argparse
import json
import sys
import time


def options(doc, **defaults):
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in defaults.items():
        kind = int if isinstance(default, int) else str
        parser.add_argument("--" + name, type=kind, default=default, required=default is None)
    return parser.parse_args()


def needs(install, *modules):
    """Imports the modules, or ends with the line that says how to get them."""
    import importlib

    try:
        found = [importlib.import_module(name) for name in modules]
    except ImportError as missing:
        sys.exit(f"{missing}; {install}")
    return found if len(found) > 1 else found[0]


def seconds(work, times, warm_ups=2):
    """Mean time of a call, after some that are not counted."""
    for _ in range(warm_ups):
        work()
    start = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - start) / times


def report(what, peer, asked, **measured):
    line = {"what": what, "peer": peer, **vars(asked)}
    line.update((name, round(value, 4)) for name, value in measured.items())
    print(json.dumps(line))
