"""What the scripts share that write expectations of criteria: loading official files, targets, literals of Swift."""
import importlib.util
import sys
import types

import torch

from streams import bits


def load(path, name):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def stub(name, **content):
    module = types.ModuleType(name)
    module.__path__ = []
    module.__dict__.update(content)
    sys.modules[name] = module


def cells_of(name, image, rows, columns, kinds):
    """Cells of 5 × 5 pixels; what a cell holds is the next random number below `kinds`."""
    across = (columns + 4) // 5
    cells = bits(f"{name} cells {image}", (rows + 4) // 5 * across)
    return [[cells[y // 5 * across + x // 5] % kinds for x in range(columns)] for y in range(rows)]


def targets_of(case):
    """A cell's segment is its number, −1 where that is the last."""
    result = []
    height, width = case["canvas"]
    for image, (classes, (rows, columns)) in enumerate(zip(case["classes"], case["sizes"])):
        cells = torch.tensor(cells_of(case["name"], image, rows, columns, len(classes) + 1))
        masks = torch.zeros(len(classes), height, width, dtype=torch.float64)
        for segment in range(len(classes)):
            masks[segment, :rows, :columns] = cells == segment
        result.append({"labels": torch.tensor(classes, dtype=torch.int64), "masks": masks})
    return result


def literal(values, indent):
    lines, line = [], " " * indent
    for value in values:
        text = f"{value:.7g}, "
        if len(line) + len(text) > 110:
            lines.append(line.rstrip())
            line = " " * indent
        line += text
    return "\n".join(lines + [line.rstrip().rstrip(",")])


def names(values):
    rows = [", ".join(f'"{name}"' for name in values[i:i + 6]) for i in range(0, len(values), 6)]
    return ",\n".join(" " * 12 + row for row in rows)


def pairs(values):
    return ", ".join(f"({first}, {second})" for first, second in values)


def criterion_expectation(case, result, more=""):
    """A CriterionExpectation; `more` are lines of further arguments."""
    return f"""    CriterionExpectation(
        name: "{case["name"]}", outputs: {case["outputs"]}, queries: {case["queries"]}, classes: {case["classes"]},
        sizes: [{pairs(case["sizes"])}],{more}
        lossNames: [
{names(result["names"])}
        ],
        losses: [
{literal(result["losses"], 12)}
        ],
        dFeatures: [
{literal(result["features"].flatten().tolist(), 12)}
        ],
        dLogits: [
{literal(result["logits"].flatten().tolist(), 12)}
        ],
        dEmbeddings: [
{literal(result["embeddings"].flatten().tolist(), 12)}
        ]),
"""
