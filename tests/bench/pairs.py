#!/usr/bin/env python3
"""Runs a bench of ours and its peer in turn, and prints the ratios: what step.sh, knn.sh and the others call.

  pairs.py BENCH FIELD,... [--json] [options of both]
"""
import json
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MODULES = {"step": "torch", "teacher": "torchvision", "augment": "torchvision, PIL", "knn": "faiss"}


def processor():
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def python(modules):
    """The first interpreter that has what the peer needs: a virtual environment's, or the system's."""
    asked = os.environ.get("PYTHON")
    for candidate in [asked] if asked else [sys.executable, "python3", "/usr/bin/python3"]:
        try:
            if not subprocess.run([candidate, "-c", f"import {modules}"], capture_output=True).returncode:
                return candidate
        except OSError:
            continue
    sys.exit(f"no Python here has {modules}: see {HERE / 'peers' / 'README.md'}, or name one in PYTHON")


def words(variable):
    """Options of one side alone."""
    return os.environ.get(variable, "").split()


def last_json(command, environment):
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environment)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}: ended with {done.returncode}")
    return json.loads(done.stdout)


def main(bench, fields, arguments):
    if bench == "python":  # which one a script is to take
        print(python(MODULES[fields[0]]))
        return
    as_json = "--json" in arguments
    arguments = [a for a in arguments if a != "--json"]
    threads = os.environ.get("THREADS", "1" if bench == "augment" else "2")
    if "--threads" not in arguments:
        arguments += ["--threads", threads]
    environment = {**os.environ, "OMP_NUM_THREADS": arguments[arguments.index("--threads") + 1]}
    theirs_first = [python(MODULES[bench]), HERE / "peers" / f"{bench}.py", *words("THEIRS"), *arguments]
    ours_first = [ROOT / "bagpipe", "bench", bench, "--json", *words("OURS"), *arguments]
    pairs = []
    for _ in range(int(os.environ.get("PAIRS", "5"))):
        ours, theirs = last_json(ours_first, environment), last_json(theirs_first, environment)
        ratios = {field: round(ours[field] / theirs[field], 3) for field in fields}
        pairs.append({"ours": ours, "peer": theirs, "ratios": ratios})
        if not as_json:
            shown = ", ".join(f"{f} {ours[f]} / {theirs[f]} = {ratios[f]:.2f}" for f in fields)
            print(f"pair {len(pairs)}: {shown}", flush=True)
    medians = {f: round(statistics.median(p["ratios"][f] for p in pairs), 3) for f in fields}
    peer = pairs[-1]["peer"]["peer"]
    if as_json:
        print(json.dumps({"what": bench, "processor": processor(), "peer": peer, "medians": medians, "pairs": pairs}))
        return
    for field in fields:
        each = " ".join(f"{p['ratios'][field]:.2f}" for p in pairs)
        print(f"{field}: ratios {each}, median {medians[field]:.2f}")
    print(f"peer: {peer}; processor: {processor()}")


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in (*MODULES, "python"):
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2].split(","), sys.argv[3:])
