"""Makes golden.json: what ONNX Runtime answers in Python. See README.md."""

import glob
import json
import sys
import tomllib

import numpy
import onnxruntime

HEAD = 8


def session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def summary(values):
    flat = values.astype(numpy.float64).ravel()
    return {"head": [float(f"{v:.9g}") for v in flat[:HEAD]], "norm": float(f"{numpy.sqrt((flat ** 2).sum()):.9g}")}


def answers(model, tensor, names=None):
    names = names or [output.name for output in model.get_outputs()]
    values = model.run(names, {model.get_inputs()[0].name: tensor})
    return {name: summary(value) for name, value in zip(names, values)}


def pattern(feed):
    size = feed["size"]
    y, x = numpy.mgrid[0:size, 0:size]
    order = [0, 1, 2] if feed["channels"] == "rgb" else [2, 1, 0]
    mean, deviation = feed.get("mean", [0, 0, 0]), feed.get("deviation", [1, 1, 1])
    planes = []
    for plane, channel in enumerate(order):
        value = ((3 * x + 5 * y + 40 * channel + x * y % 17 * 6) % 256).astype(numpy.float32)
        scaled = value / numpy.float32(feed["scale"]) - numpy.float32(mean[plane])
        planes.append(scaled / numpy.float32(deviation[plane]))
    return numpy.stack(planes)[None].astype(numpy.float32)


def main(manifests, models, dump):
    golden = {"pattern": {}, "photographs": {}}
    sessions = {}
    for path in manifests:
        with open(path, "rb") as file:
            manifest = tomllib.load(file)
        model = session(f"{models}/{manifest['file']}")
        sessions[manifest["file"]] = model
        golden["pattern"][manifest["file"]] = answers(model, pattern(manifest["input"]))
    for path in sorted(glob.glob(f"{dump}/*.json")):
        for run in json.load(open(path)):
            tensor = numpy.fromfile(f"{dump}/{run['input']}", dtype="<f4").reshape(run["shape"])
            photograph = golden["photographs"].setdefault(run["photograph"], {"sha256": run["sha256"], "runs": []})
            outputs = answers(sessions[run["file"]], tensor, run["outputs"])
            photograph["runs"].append({"file": run["file"], "outputs": outputs})
    json.dump(golden, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main(sys.argv[3:], sys.argv[1], sys.argv[2])
