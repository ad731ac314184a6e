"""Makes Tests/CheckpointsTests/Fixtures/pidnet_names.json: names and shapes of mmsegmentation's small and large PIDNet, with
few channels. Run from the package's folder; needs mmsegmentation and mmcv (mmcv-lite will do, given a stub of mmcv._ext)."""
import json
from pathlib import Path

from mmseg.models.backbones.pidnet import PIDNet
from mmseg.models.decode_heads.pid_head import PIDHead

result = {}
for name, blocks in (("S", (2, 3)), ("L", (3, 4))):
    backbone = PIDNet(channels=8, ppm_channels=4, num_stem_blocks=blocks[0], num_branch_blocks=blocks[1])
    head = PIDHead(in_channels=32, channels=8, num_classes=3, align_corners=True,
                   loss_decode=dict(type="CrossEntropyLoss"))
    parts = (("backbone.", backbone), ("decode_head.", head))
    result[name] = {prefix + k: list(v.shape) for prefix, part in parts for k, v in part.state_dict().items()}
text = ",\n".join(f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in result.items())
Path("Tests/CheckpointsTests/Fixtures/pidnet_names.json").write_text("{\n" + text + "\n}\n")
