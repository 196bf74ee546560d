#!/usr/bin/env python3
"""What a photograph costs on its way: bytes through each inner topic, and processor time, by which stage draws its views.

  tests/bench/wire.py OUT [--photos DIR] [--images 320] [--repeat 1] [key=value ...]

OUT must not exist. Without --photos, crops of 500x375 pixels out of scikit-learn's two sample pictures, about 100 KB each
(Debian's python3-sklearn). The whole service runs under the preset imagenet, with a student of --width and a teacher that
is next to nothing (tests/src/test/resources), so that its own processor time does not hide that of the pixels. Needs the
built jar (mvn -DskipTests package) and Debian's python3-kafka and python3-pil. Prints one JSON document.
"""
import argparse, io, json, os, pathlib, re, signal, subprocess, sys, time, urllib.request

from kafka import KafkaProducer

HOUSE = pathlib.Path(__file__).resolve().parents[2]
TEACHER = HOUSE / "tests/src/test/resources/io/bagpipe/tests/mean-teacher-224.onnx"
TOPICS = ("views", "embeddings", "bags")


def crops(count):
    """JPEGs of about the mean size of ImageNet's, by a fixed draw."""
    import random

    import sklearn
    from PIL import Image

    samples = pathlib.Path(sklearn.__file__).parent / "datasets/images"
    pictures = [Image.open(samples / name).convert("RGB") for name in ("china.jpg", "flower.jpg")]
    draw = random.Random(1)
    for i in range(count):
        picture = pictures[i % 2]
        left, top = draw.randrange(picture.width - 500), draw.randrange(picture.height - 375)
        file = io.BytesIO()
        picture.crop((left, top, left + 500, top + 375)).save(file, "JPEG", quality=97)
        yield file.getvalue()


class Logs:
    """Bytes that the broker has written of each topic: of every segment the most that it was seen to have."""

    def __init__(self, state):
        self.state, self.largest = state, {}

    def of(self, topic):
        for file in self.state.rglob(f"{topic}-*/*.log"):
            self.largest[file] = max(self.largest.get(file, 0), file.stat().st_size)
        return sum(size for file, size in self.largest.items() if file.parent.name.rsplit("-", 1)[0] == topic)


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run(place, photos, sets, draws):
    place.mkdir(parents=True)
    keys = {
        "preset": "imagenet", "teacher.path": TEACHER, "stages.draw-views": draws, "train.batch": 16,
        "bags.bytes": "256MiB",
        "eval.every-images": 0, "checkpoint.every": "1h", "data.dir": place / "state", "http.port": 0, **sets,
    }  # fmt: skip
    log = place / "log"
    service = subprocess.Popen(
        ["java", "-Xmx2g", "-jar", HOUSE / "verticles/target/bagpipe.jar", "run"]
        + [part for key, value in keys.items() for part in ("--set", f"{key}={value}")],
        stdout=log.open("w"), stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        while not (at := re.search(r"dashboard: (\S+)\s+kafka: +(\S+)", log.read_text())):
            if service.poll() is not None:
                sys.exit(log.read_text())
            time.sleep(0.3)
        dashboard, broker = at.groups()
        logs = Logs(place / "state")
        producer = KafkaProducer(bootstrap_servers=broker, max_request_size=16 << 20)
        # what starts and warms is not counted
        warm = len(photos) // 4 // 16 * 16
        for stop in (warm, len(photos)):
            if stop == len(photos):
                before, used = {topic: logs.of(topic) for topic in TOPICS}, cpu_seconds(service.pid)
            for i in range(0 if stop == warm else warm, stop):
                producer.send("images", key=b"%d" % i, value=photos[i])
            producer.flush()
            while True:
                text = urllib.request.urlopen(dashboard + "/metrics").read().decode()
                found = re.search(r"^bagpipe_student_anchors (\d[\d.eE+]*)", text, re.M)
                if found and float(found.group(1)) >= stop // 16 * 16:
                    break
                if service.poll() is not None:
                    sys.exit(log.read_text())
                [logs.of(topic) for topic in TOPICS]
                time.sleep(0.2)
        used = cpu_seconds(service.pid) - used
        written = {topic: logs.of(topic) - before[topic] for topic in TOPICS}
    finally:
        service.send_signal(signal.SIGTERM)
        service.wait()
    counted = photos[warm:]
    file = sum(map(len, counted)) / len(counted)
    bytes_each = {topic: round(written[topic] / len(counted)) for topic in TOPICS}
    return {
        "draw_views": draws, "images": len(counted), "file": round(file), **bytes_each,
        "times_the_file": round(sum(bytes_each.values()) / file, 2), "cpu_ms": round(1e3 * used / len(counted), 1),
    }  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--photos", type=pathlib.Path)
    parser.add_argument("--images", type=int, default=320)
    parser.add_argument("--width", type=int, default=8)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("sets", nargs="*", metavar="key=value")
    args = parser.parse_intermixed_args()
    args.out.mkdir()
    if args.photos:
        files = sorted(p for p in args.photos.rglob("*") if p.is_file())[: args.images]
        photos = [p.read_bytes() for p in files]
    else:
        photos = list(crops(args.images))
    sets = {"student.width": args.width, "student.head-hidden": 32, **dict(pair.split("=", 1) for pair in args.sets)}
    runs = [
        run(args.out / f"{draws}-{turn}", photos, sets, draws)
        for turn in range(args.repeat)
        for draws in ("augment", "teacher")
    ]
    print(json.dumps(runs, indent=1))


if __name__ == "__main__":
    main()
