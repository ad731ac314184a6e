"""Makes Tests/CheckpointsTests/Fixtures: the same small tensors in every format that weights come in.

Run from the package's folder: python Tools/reference/weights.py
Needs numpy and torch. `--into DIR` writes fresh ones with other values elsewhere (`--seed N`);
`--check OURS.pth --against VALUES.json [--save AGAIN.pth]` reads a file of ours with weights_only=True, compares
bits, and saves it again with torch. `--layout` says whose program reads it: detectron2, pidnet (tools/eval.py) or
mmsegmentation (tools/test.py), whose CLASSES and PALETTE it prints.

expected.json: for each file, name -> shape and values as Float32 bit patterns.
"""
import argparse
import collections
import io
import json
import pickle
import struct
from pathlib import Path

import numpy as np
import torch

parser = argparse.ArgumentParser()
parser.add_argument("--into", default="Tests/CheckpointsTests/Fixtures")
parser.add_argument("--seed", type=int, default=20261)
parser.add_argument("--check")
parser.add_argument("--against")
parser.add_argument("--save")
parser.add_argument("--layout", choices=["detectron2", "pidnet", "mmsegmentation"], default="detectron2")
options = parser.parse_args()


def bits(tensor):
    values = torch.as_tensor(tensor).detach().to(torch.float32).contiguous().reshape(-1)
    return values.view(torch.int32).tolist()


def described(state):
    return {name: {"shape": list(np.shape(t)) if not torch.is_tensor(t) else list(t.shape), "bits": bits(t)}
            for name, t in state.items()}


if options.check:
    state = torch.load(options.check, weights_only=True)
    if options.layout == "detectron2":
        state = state["model"]
    elif options.layout == "pidnet":
        state = state["state_dict"] if "state_dict" in state else state
        state = {name[6:]: value for name, value in state.items()}
    else:
        print(state["meta"]["CLASSES"], state["meta"]["PALETTE"])
        state = state["state_dict"]
    expected = json.load(open(options.against))
    assert sorted(state) == sorted(expected), sorted(set(state) ^ set(expected))[:9]
    for name, value in described(state).items():
        assert value == expected[name], name
    versions = getattr(state, "_metadata", {})
    if any(name.startswith("sem_seg_head.") for name in state):
        assert versions["sem_seg_head"]["version"] == 2 and versions["sem_seg_head.predictor"]["version"] == 2
    for name in state:
        if name.startswith("backbone.x"):
            first = "backbone.features." + name.split(".", 3)[3]
            assert state[name].data_ptr() == state[first].data_ptr(), name
    if options.save:
        torch.save({"model": state, "iteration": 7}, options.save)
    print("same bits")
    raise SystemExit

folder = Path(options.into)
folder.mkdir(parents=True, exist_ok=True)
torch.manual_seed(options.seed)
random = np.random.default_rng(options.seed)
expected = {}
notes = {"made with": f"torch {torch.__version__}, numpy {np.__version__}, seed {options.seed}"}


def record(name, state):
    expected[name] = described(state)


# MARK: PyTorch

base = torch.randn(4, 6)
shared = torch.arange(20.0)
common = collections.OrderedDict(
    plain=base, transposed=base.t(), column=base[:, 2], steps=base[::2, 1::3], offset=shared[5:11].reshape(2, 3),
    whole=shared, expanded=torch.tensor([2.5]).expand(3, 2), empty=torch.zeros(0, 3), scalar=torch.tensor(-7.25),
    parameter=torch.nn.Parameter(torch.randn(3)), special=torch.tensor([float("inf"), float("-inf"), -0.0, 1e-42]),
    channels_last=torch.randn(1, 3, 2, 2).to(memory_format=torch.channels_last),
    double=torch.randn(3, dtype=torch.float64), half=torch.randn(5).half(), bfloat=torch.randn(5).bfloat16(),
    long=torch.tensor([-(2**40), 3, 2**24]), int=torch.tensor([-5, 6], dtype=torch.int32),
    short=torch.tensor([-300, 5], dtype=torch.int16), char=torch.tensor([-128, 127], dtype=torch.int8),
    byte=torch.tensor([0, 255], dtype=torch.uint8), bool=torch.tensor([True, False, True]))
newer = collections.OrderedDict(
    common, u16=torch.tensor([1, 60000], dtype=torch.uint16), u32=torch.tensor([4_000_000_000], dtype=torch.uint32))


def save(name, content, state, **how):
    torch.save(content, folder / name, **how)
    record(name, state)


save("plain.pth", newer, newer)
for protocol in range(2, 6):
    save(f"protocol{protocol}.pth", {"model": common, "iteration": 3, "lr": 1e-3, "n": None, "l": [1, (2.0, "x")]},
         common, pickle_protocol=protocol)
wrapped = collections.OrderedDict(("module." + k, v) for k, v in common.items())
save("wrapped.pt", {"epoch": 2**40, "state_dict": wrapped, "size": torch.Size([1, 2])}, common)
save("legacy.pth", {"model": common}, common, _use_new_zipfile_serialization=False)
save("legacy_protocol4.pth", common, common, _use_new_zipfile_serialization=False, pickle_protocol=4)
module = torch.nn.Sequential(torch.nn.Conv2d(3, 2, 1), torch.nn.BatchNorm2d(2))
save("module.pth", module.state_dict(), module.state_dict())
torch.serialization.set_crc32_options(False)
save("nochecksums.pth", common, common)
torch.serialization.set_crc32_options(True)

# MARK: NumPy and detectron2

arrays = {
    "a": random.standard_normal((3, 4)).astype("f4"), "fortran": np.asfortranarray(random.standard_normal((3, 4)).astype("f4")),
    "half": random.standard_normal(5).astype("f2"), "double": random.standard_normal((2, 2)), "big": np.arange(6, dtype=">f4"),
    "long": np.array([-3, 2**40]), "small": np.array([-7, 7], dtype="i1"), "byte": np.array([0, 255], dtype="u1"),
    "bool": np.array([True, False]), "empty": np.zeros((0, 2), "f4"), "scalar": np.float32(1.5), "rank0": np.array(2.5, "f4")}
for protocol in range(6):
    name = f"arrays{protocol}.pkl"
    content = {"model": arrays, "__author__": "torchvision", "matching_heuristics": True}
    (folder / name).write_bytes(pickle.dumps(content, protocol=protocol))
    record(name, {k: torch.from_numpy(np.ascontiguousarray(v).reshape(np.shape(v)).astype("f4")) for k, v in arrays.items()})
for protocol in (2, 4):
    name = f"tensors{protocol}.pkl"
    content = {"model": common, "__author__": "third_party", "matching_heuristics": True}
    (folder / name).write_bytes(pickle.dumps(content, protocol=protocol))
    record(name, common)

# MARK: safetensors in shards


def safetensors(name, state):
    header, data = {}, b""
    for key, tensor in state.items():
        raw = tensor.detach().contiguous().numpy().tobytes()
        header[key] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    (folder / name).write_bytes(struct.pack("<Q", len(text)) + text + data)


parts = [{"x.a": torch.randn(2, 2), "x.b": torch.randn(3)}, {"y": torch.randn(1, 2, 3)}]
index = {"metadata": {"total_size": 1}, "weight_map": {}}
for number, part in enumerate(parts):
    safetensors(f"model-0000{number + 1}-of-00002.safetensors", part)
    index["weight_map"].update({key: f"model-0000{number + 1}-of-00002.safetensors" for key in part})
(folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=1))
record("model.safetensors.index.json", {**parts[0], **parts[1]})

# MARK: hostile pickles


class Hostile:
    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


import os  # noqa: E402

for protocol in range(6):
    (folder / f"hostile_system{protocol}.pkl").write_bytes(
        pickle.dumps({"model": {"x": Hostile(os.system, "touch pem-hostile")}}, protocol=protocol))
torch.save({"model": {"x": Hostile(os.system, "touch pem-hostile")}}, folder / "hostile_system.pth")
(folder / "hostile_eval.pkl").write_bytes(pickle.dumps({"x": Hostile(eval, "1")}))
(folder / "hostile_getattr.pkl").write_bytes(pickle.dumps({"x": Hostile(getattr, "a", "upper")}))

expected["notes"] = notes
(folder / "expected.json").write_text(json.dumps(expected, sort_keys=True))
