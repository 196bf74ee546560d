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


def beside(parts, ours, peer, seconds):
    """By precision: what ours took, twice, about what PyTorch took, and how many times as fast ours is."""
    lines = {}
    for name in parts:
        found = re.fullmatch(ours + r"-(\w+)-1", name)
        if not found:
            continue
        both = [parts[f"{ours}-{found[1]}-{n}"] for n in (1, 2)]
        other = parts[f"{peer}-{found[1]}"]
        line = {"ours_s": [seconds(p["result"]) for p in both if p["result"] and not p["status"]]}
        if other["result"] and not other["status"]:
            line["peer"] = other["result"]["peer"]
            line["peer_s"] = seconds(other["result"])
            line["ratios"] = [round(line["peer_s"] / s, 3) for s in line["ours_s"]]
        lines[found[1]] = line
    return lines


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
        elif not file.stem.startswith("made-up"):
            part["result"] = last_json(folder / (file.stem + ".out"))
            if part["result"] is None:
                part["status"] = part["status"] or 1
            elif device != "cpu" and file.stem.startswith("steady") and not part["result"]["device_peak_bytes_at_end"]:
                part["status"] = part["status"] or 1  # level, but of what nobody told
        if part["status"]:
            said = (folder / (file.stem + ".err")).read_text().strip() or (folder / (file.stem + ".out")).read_text().strip()
            part["said"] = said.splitlines()[-12:]
        parts[file.stem] = part
    steps = beside(parts, "step", "peer", lambda result: result["step_s"])
    teachers = beside(parts, "teacher", "teacher-peer", lambda result: 1 / result["images_per_s"])
    failed = [name for name, part in parts.items() if part["status"]]
    report = {
        "what": "gpu-verify", "date": datetime.date.today().isoformat(), "commit": commit, "device": device,
        "cards": card(), "machine": platform.machine(), "passed": not failed, "failed": failed, "steps": steps, "teachers": teachers, "parts": parts,
    }
    (folder / "report.json").write_text(json.dumps(report, indent=1) + "\n")

    lines = [f"{report['date']}, {device}, {'; '.join(report['cards']) or 'no NVIDIA GPU'}, commit {commit}", ""]
    lines.append(f"{'part':<20} {'':<8} {'seconds':>7}  what")
    for name, part in parts.items():
        what = ""
        if name == "contract":
            what = f"{part['tests']} tests, {part['failures'] + part['errors']} failed, {part['skipped']} skipped"
        elif part.get("result") and name.startswith("steady"):
            r = part["result"]
            what = (f"{r['steps']} steps, memory {'level' if r['flat'] else 'GROWS'}; on the GPU at most "
                    f"{r['device_peak_bytes_after_warm_up']:,} then {r['device_peak_bytes_at_end']:,} bytes")
        elif part.get("result") and name.startswith("teacher"):
            r = part["result"]
            what = f"{r['images_per_s']:,.1f} images/s, {r.get('engine') or r['peer']}"
        elif part.get("result") and name == "service":
            r = part["result"]
            what = (f"{r['images_per_s']:,.1f} images/s, {r['of_slowest_alone']:.2f} of the slowest stage alone; "
                    f"trainer starved {r['trainer_starved']:.1%} of the time")
        elif part.get("result"):
            r = part["result"]
            what = f"{r['anchors_per_s']:,.1f} anchors/s, {r['step_s'] * 1e3:.2f} ms a step" + (f" ({r['peer']})" if "peer" in r else "")
        lines.append(f"{name:<20} {'FAILED' if part['status'] else 'ok':<8} {part['seconds']:>7}  {what}")
    lines.append("")
    if "service" not in parts:
        lines.append("the service was not run: gather.sh --service takes its jars along")
    for what, found in (("step", steps), ("teacher", teachers)):
        for precision, line in found.items():
            ratios = " ".join(f"{r:.2f}" for r in line.get("ratios", [])) or "no peer"
            lines.append(f"{what}, ours / PyTorch's best, {precision}: {ratios}")
    lines.append("all passed" if not failed else "FAILED: " + ", ".join(failed))
    table = "\n".join(lines) + "\n"
    (folder / "report.txt").write_text(table)
    print(table, end="")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
