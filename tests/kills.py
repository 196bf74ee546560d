#!/usr/bin/env python3
"""Processes killed at random, in seven situations; then the audit. One table.

  tests/kills.py OUT [--kills 15] [--images 3000] [--seed N] [--only NAME ...]
  tests/kills.py /tmp/kills --only partitions slow-disk

Needs the built jar (mvn -DskipTests package) and Debian's python3-kafka, python3-numpy and python3-pil; slow-disk also
strace, clock also faketime. A foreign producer (kafka-python) sends pictures in three forms, and among a hundred two
tombstones and three files that are no pictures, while processes of the service are killed by SIGKILL and started
again at once. OUT must not exist; it gets the logs and kills.json. Ends with 1 when an audit is not clean.
"""
import argparse, io, json, os, pathlib, random, signal, socket, subprocess, sys, threading, time

import numpy as np
from kafka import KafkaProducer
from kafka.errors import KafkaError
from PIL import Image

HOUSE = pathlib.Path(__file__).resolve().parents[1]
JAR = HOUSE / "verticles/target/bagpipe.jar"
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
SMALL = ["student.width=4", "student.head-hidden=32", "train.batch=16", "train.queue=128", "bags.window=600",
         "bags.bytes=32MiB", "checkpoint.every=10s", "checkpoint.every-images=64", "stages.linger=20ms"]  # fmt: skip
OWN = {"data.dir", "kafka.embedded.port"}

# a situation: its own keys, the processes by their roles (None: all; the first has the broker), what is odd about
# the host or the pictures (of a large window, much is to be read back after each kill)
SITUATIONS = {
    "partitions": (["topics.partitions=3", "bags.scope=global"], [None], None),
    "two-owners": (["topics.partitions=2"], [None, "augment,teacher,bags"], None),
    "roles": (["topics.partitions=2"], ["ops", "augment", "teacher", "bags", "student"], None),
    "rebuild": (["bags.window=20000", "bags.bytes=256MiB"], [None], "large"),
    "often-saved": (["checkpoint.every=1s", "checkpoint.every-images=0"], [None], None),
    "slow-disk": ([], [None], "slow-disk"),
    "clock": (["topics.partitions=2"], [None], "clock"),
}


class Process:
    """A process of the service, which can be killed and started again."""

    def __init__(self, name, directory, keys, host, clock):
        self.name, self.directory, self.keys, self.host, self.clock = name, directory, keys, host, clock
        self.directory.mkdir(parents=True)
        self.log = directory / "log"
        self.running = None

    def start(self):
        line = ["java", "-Xmx768m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar", str(JAR), "run"]
        line += [part for key in self.keys for part in ("--set", key)]
        env = dict(os.environ)
        if self.host == "slow-disk":  # every sync takes a fifth of a second longer
            line = ["strace", "-D", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync,msync",
                    "-e", "inject=fsync,fdatasync,msync:delay_enter=200000"] + line  # fmt: skip
        if self.host == "clock":
            env |= {"LD_PRELOAD": FAKETIME, "FAKETIME_TIMESTAMP_FILE": str(self.clock), "DONT_FAKE_MONOTONIC": "1",
                    "FAKETIME_CACHE_DURATION": "1"}  # fmt: skip
        self.running = subprocess.Popen(line, stdout=self.log.open("a"), stderr=subprocess.STDOUT, env=env)

    def require(self):
        if self.running.poll() is not None:
            raise SystemExit(f"{self.name} ended by itself: {self.log.read_text().splitlines()[-1:]}")

    def kill(self):
        self.require()
        self.running.kill()
        self.running.wait()

    def stop(self):
        if self.running and self.running.poll() is None:
            self.running.send_signal(signal.SIGTERM)
            try:
                return self.running.wait(120)
            except subprocess.TimeoutExpired:
                self.running.kill()
                return "did not stop"
        return self.running.returncode if self.running else None


def picture(draw, large):
    side = draw.randint(100, 160) if large else draw.randint(16, 48)
    grey = draw.random() < 0.5
    shape = (side, side + draw.randint(0, 9)) + (() if grey else (3,))
    file = io.BytesIO()
    noise = np.random.RandomState(draw.getrandbits(32)).randint(0, 60, shape)
    image = Image.fromarray((noise + draw.randint(0, 190)).astype(np.uint8))
    image.save(file, draw.choice(["PNG", "JPEG", "BMP"]))
    return file.getvalue()


class Producer(threading.Thread):
    """Sends what companies send, at a rate, through whatever happens to the broker."""

    def __init__(self, bootstrap, images, seconds, seed, large):
        super().__init__(daemon=True)
        self.bootstrap, self.images, self.pause, self.large = bootstrap, images, seconds / images, large
        self.draw = random.Random(seed)
        self.sent = {"pictures": 0, "junk": 0, "tombstones": 0}

    def run(self):
        producer = None
        for i in range(self.images):
            kind = self.draw.choices(["pictures", "junk", "tombstones"], [95, 3, 2])[0]
            value = {"pictures": lambda: picture(self.draw, self.large), "junk": lambda: self.draw.randbytes(200), "tombstones": lambda: None}[kind]()
            key = b"%d" % self.draw.randrange(self.images)  # some come again
            while True:
                try:
                    producer = producer or KafkaProducer(bootstrap_servers=self.bootstrap, acks="all", linger_ms=5)
                    producer.send("images", key=key, value=value, headers=[("label", b"%d" % (i % 7))]).get(20)
                    break
                except (KafkaError, OSError):
                    if producer:
                        producer.close(0)
                    producer = None
                    time.sleep(0.3)
            self.sent[kind] += 1
            time.sleep(self.pause)


def audit(student, bootstrap):
    line = ["java", "-Xmx512m", "-XX:TieredStopAtLevel=1", "-jar", str(JAR), "audit", "--json", "--bootstrap", bootstrap]
    line += [part for key in student.keys if key.split("=")[0] not in OWN - {"data.dir"} for part in ("--set", key)]
    done = subprocess.run(line, capture_output=True, text=True)
    return done.returncode, json.loads(done.stdout) if done.stdout.startswith("{") else {"said": done.stderr.strip()[-300:]}


def situation(name, out, args, seed):
    own, processes, host = SITUATIONS[name]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    bootstrap = f"127.0.0.1:{port}"
    clock = out / f"{name}-clock"
    clock.write_text("+0d\n")
    all_of_it = []
    for i, roles in enumerate(processes):
        directory = out / name / str(roles or "all").split(",")[0]
        keys = SMALL + own + [f"data.dir={directory}", "http.port=0", f"instance.id=p{i}"]
        keys += [f"roles=[{roles}]"] if roles else []
        keys += [f"kafka.embedded.port={port}"] if i == 0 else [f"kafka.bootstrap.servers={bootstrap}"]
        all_of_it.append(Process(f"{name}/{roles or 'all'}", directory, keys, host, clock))
    student = next(p for p, roles in zip(all_of_it, processes) if roles in (None, "student"))
    draw = random.Random(seed)
    began = time.time()
    producer = Producer(bootstrap, args.images, args.kills * 6, seed, host == "large")
    try:
        for process in all_of_it:
            process.start()
        producer.start()
        for _ in range(args.kills):
            time.sleep(0.5 + 8 * draw.random())
            victim = draw.choice(all_of_it)
            if host == "clock":
                clock.write_text(f"{draw.choice(['+', '-'])}{draw.randint(1, 7200)}s\n")
                time.sleep(draw.random() * 2)
            victim.kill()
            victim.start()
        while producer.is_alive():
            producer.join(1)
            [process.require() for process in all_of_it]
        good = producer.sent["pictures"] + producer.sent["junk"]
        deadline = time.time() + args.patience
        while True:
            code, result = audit(student, bootstrap)
            if code == 0 and result["images"] >= good and result["waiting"] < 16 or time.time() > deadline:
                break
            [process.require() for process in all_of_it]
            time.sleep(3)
        ended = [process.stop() for process in all_of_it[::-1]]
    finally:
        for process in all_of_it:
            process.stop()
    row = {"situation": name, "kills": args.kills, "seed": seed, "sent": producer.sent, "clean": code == 0,
           **{k: result.get(k) for k in ("images", "trained", "dead_letters", "waiting", "lost", "repeated", "said")},
           "exit codes": ended, "seconds": round(time.time() - began)}  # fmt: skip
    print(json.dumps(row), file=sys.stderr)
    return row


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--kills", type=int, default=15, help="of each situation (default 15)")
    parser.add_argument("--images", type=int, default=3000, help="records sent in each (default 3000)")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--patience", type=int, default=300, help="seconds after the last kill (default 300)")
    parser.add_argument("--only", nargs="*", choices=SITUATIONS, default=list(SITUATIONS))
    args = parser.parse_args()
    args.out.mkdir()
    rows = [situation(name, args.out, args, args.seed + i) for i, name in enumerate(args.only)]
    (args.out / "kills.json").write_text(json.dumps(rows, indent=1))
    print("| situation | kills | images | trained once | dead letters | waiting | lost | repeated | seconds |\n" + "| --- " * 9 + "|")
    for r in rows:
        names = [r["situation"], r["kills"], r["images"], r["trained"], r["dead_letters"], r["waiting"], len(r["lost"] or []), len(r["repeated"] or []), r["seconds"]]
        print("| " + " | ".join(map(str, names)) + " |")
    print(f"{sum(r['kills'] for r in rows)} kills, seed {args.seed}")
    sys.exit(0 if all(r["clean"] for r in rows) else 1)


if __name__ == "__main__":
    main()
