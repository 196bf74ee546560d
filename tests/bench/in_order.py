#!/usr/bin/env python3
"""A student on a stream in class order: kNN after each of five phases of two classes.

  tests/bench/in_order.py DATA OUT [--seed 1] [--shuffled] [key=value ...]
  tests/bench/in_order.py /usr/share/datasets/fashion-mnist /tmp/in-order rehearsal.share=0.2857

DATA has Fashion-MNIST's four IDX files (.gz); OUT must not exist. Needs the built jar (mvn -DskipTests package), and
Debian's python3-kafka, python3-numpy and python3-pil. Prints one JSON document; takes five minutes on two cores.
"""
import argparse, gzip, io, json, pathlib, re, signal, subprocess, sys, time, urllib.request

import numpy as np
from kafka import KafkaProducer
from PIL import Image

IMAGES, PHASES = 25_600, 5
HOUSE = pathlib.Path(__file__).resolve().parents[2]


def idx(path, header):
    return np.frombuffer(gzip.open(path).read(), np.uint8)[header:]


def order(labels, seed, shuffled):
    draw = np.random.RandomState(100 + seed)
    if shuffled:
        return draw.permutation(len(labels))[:IMAGES]
    classes = np.arange(10) if seed == 1 else draw.permutation(10)
    phases = [np.isin(labels, pair) for pair in classes.reshape(PHASES, 2)]
    return np.concatenate([draw.permutation(np.nonzero(p)[0])[: IMAGES // PHASES] for p in phases])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shuffled", action="store_true")
    parser.add_argument("sets", nargs="*", metavar="key=value")
    args = parser.parse_intermixed_args()
    pixels = idx(args.data / "train-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28)
    labels = idx(args.data / "train-labels-idx1-ubyte.gz", 8)
    given = dict(pair.split("=", 1) for pair in args.sets)
    anchors = round(IMAGES / (1 - float(given.get("rehearsal.share", 0))))
    args.out.mkdir()
    keys = {
        "seed": args.seed, "student.width": 16, "train.batch": 32, "train.lr": 0.05, "train.lr-floor": 0,
        "train.warmup-images": round(0.055 * anchors), "train.horizon-images": anchors, "train.threads": 1,
        "eval.dir": args.data, "eval.every-images": anchors // PHASES, "eval.share": 1, "checkpoint.every": "1h",
        "data.dir": args.out / "state", "http.port": 0, **given,
    }  # fmt: skip
    line = ["java", "-Xmx1g", "-jar", HOUSE / "verticles/target/bagpipe.jar", "run"]
    log = args.out / "log"
    service = subprocess.Popen(
        line + [part for key, value in keys.items() for part in ("--set", f"{key}={value}")],
        stdout=log.open("w"), stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        while not (at := re.search(r"dashboard: (\S+)\s+kafka: +(\S+)", log.read_text())):
            if service.poll() is not None:
                sys.exit(log.read_text())
            time.sleep(0.3)
        dashboard, broker = at.groups()
        began = time.time()
        producer = KafkaProducer(bootstrap_servers=broker, linger_ms=20)
        for i in order(labels, args.seed, args.shuffled):
            file = io.BytesIO()
            Image.fromarray(pixels[i]).save(file, "PNG")
            label = [("label", str(labels[i]).encode())]
            producer.send("images", key=b"%d" % i, value=file.getvalue(), headers=label)
        producer.flush()
        trained = 0
        while trained <= anchors - 40:  # the last batch may not fill
            if service.poll() is not None:
                sys.exit(log.read_text())
            time.sleep(1)
            metrics = urllib.request.urlopen(dashboard + "/metrics").read().decode()
            found = re.search(r"^bagpipe_student_anchors (\d[\d.eE+]*)", metrics, re.M)
            trained = float(found.group(1)) if found else 0
        seconds = time.time() - began
        urllib.request.urlopen(urllib.request.Request(dashboard + "/api/evaluate", method="POST", data=b"")).read()
        time.sleep(1)
    finally:
        service.send_signal(signal.SIGTERM)
        service.wait()
    events = [json.loads(text) for text in next(args.out.rglob("training.jsonl")).open()]
    knn = [[e["anchors"], e["knnTop1"]] for e in events if e["type"] == "evaluation"]
    print(json.dumps({"order": "shuffled" if args.shuffled else "class", "seed": args.seed, **given,
                      "anchors": trained, "seconds": round(seconds), "knn": knn}))  # fmt: skip


if __name__ == "__main__":
    main()
