#!/usr/bin/env python3
"""What verify.sh found, as one JSON (report.json) and one table (report.txt, and standard output). Ends with 1 if anything failed.

  report.py FOLDER DEVICE COMMIT
"""
import datetime
import json
import platform
import re
import subprocess
import sys
import xml.etree.ElementTree as xml
from pathlib import Path


def card():
    query = ["nvidia-smi", "--query-gpu=name,compute_cap,driver_version,memory.total", "--format=csv,noheader"]
    try:
        return subprocess.run(query, capture_output=True, text=True, timeout=20).stdout.strip().splitlines()
    except (OSError, subprocess.TimeoutExpired):
        return []


def counts(folder):
    """Of JUnit's report."""
    sums = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    for file in folder.glob("junit/TEST-*.xml"):
        suite = xml.parse(file).getroot()
        for name in sums:
            sums[name] += int(suite.get(name, 0))
    return sums


def last_json(file):
    for line in reversed(file.read_text().splitlines()):
        try:
            return json.loads(line)
        except ValueError:
            continue
    return None


def main(folder, device, commit):
    folder = Path(folder)
    parts = {}
    for file in sorted(folder.glob("*.status"), key=lambda f: f.stat().st_mtime):
        status, seconds = map(int, file.read_text().split())
        part = {"status": status, "seconds": seconds}
        if file.stem == "contract":
            part.update(counts(folder))
            if part["tests"] - part["skipped"] < 30:  # all that there are, or it says nothing
                part["status"] = part["status"] or 1
        else:
            part["result"] = last_json(folder / (file.stem + ".out"))
            if part["result"] is None:
                part["status"] = part["status"] or 1
            elif device != "cpu" and file.stem.startswith("steady") and not part["result"]["device_peak_bytes_at_end"]:
                part["status"] = part["status"] or 1  # level, but of what nobody told
        if part["status"]:
            said = (folder / (file.stem + ".err")).read_text().strip() or (folder / (file.stem + ".out")).read_text().strip()
            part["said"] = said.splitlines()[-12:]
        parts[file.stem] = part
    steps = {}
    for name in parts:
        found = re.fullmatch(r"step-(\w+)-1", name)
        if found:
            precision = found[1]
            ours = [parts[f"step-{precision}-{n}"] for n in (1, 2)]
            peer = parts[f"peer-{precision}"]
            line = {"ours_step_s": [p["result"]["step_s"] for p in ours if p["result"] and not p["status"]]}
            if peer["result"] and not peer["status"]:
                line["peer"] = peer["result"]["peer"]
                line["peer_step_s"] = peer["result"]["step_s"]
                line["ratios"] = [round(line["peer_step_s"] / s, 3) for s in line["ours_step_s"]]
            steps[precision] = line
    failed = [name for name, part in parts.items() if part["status"]]
    report = {
        "what": "gpu-verify", "date": datetime.date.today().isoformat(), "commit": commit, "device": device,
        "cards": card(), "machine": platform.machine(), "passed": not failed, "failed": failed, "steps": steps, "parts": parts,
    }
    (folder / "report.json").write_text(json.dumps(report, indent=1) + "\n")

    lines = [f"{report['date']}, {device}, {'; '.join(report['cards']) or 'no NVIDIA GPU'}, commit {commit}", ""]
    lines.append(f"{'part':<20} {'':<8} {'seconds':>7}  what")
    for name, part in parts.items():
        what = ""
        if name == "contract":
            what = f"{part['tests']} tests, {part['failures'] + part['errors']} failed, {part['skipped']} skipped"
        elif part["result"] and name.startswith("steady"):
            r = part["result"]
            what = (f"{r['steps']} steps, memory {'level' if r['flat'] else 'GROWS'}; on the GPU at most "
                    f"{r['device_peak_bytes_after_warm_up']:,} then {r['device_peak_bytes_at_end']:,} bytes")
        elif part["result"] and name.startswith("teacher"):
            what = f"{part['result']['images_per_s']:,.1f} images/s on {part['result']['engine']}"
        elif part["result"]:
            r = part["result"]
            what = f"{r['anchors_per_s']:,.1f} anchors/s, {r['step_s'] * 1e3:.2f} ms a step" + (f" ({r['peer']})" if "peer" in r else "")
        lines.append(f"{name:<20} {'FAILED' if part['status'] else 'ok':<8} {part['seconds']:>7}  {what}")
    lines.append("")
    for precision, line in steps.items():
        ratios = " ".join(f"{r:.2f}" for r in line.get("ratios", [])) or "no peer"
        lines.append(f"ours / PyTorch's best, {precision}: {ratios}")
    lines.append("all passed" if not failed else "FAILED: " + ", ".join(failed))
    table = "\n".join(lines) + "\n"
    (folder / "report.txt").write_text(table)
    print(table, end="")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
