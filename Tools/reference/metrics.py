"""Prints the scores that Tests/MetricsTests/SemanticEvaluatorTests.swift expects, from numpy alone.

The label maps come from a formula that the test repeats; the scores from the definitions that detectron2's
SemSegEvaluator documents, on sets of pixels instead of a confusion matrix.
"""
import numpy as np

classes, ignore, pixels = 6, 255, 4000
i = np.arange(pixels, dtype=np.uint64)
noise = (i * 2654435761 % 2**32) >> 16
truth = (i // 97 * 31 % 7).astype(int)
truth[truth == 4] = 3            # class 4 is never true
truth[truth == 6] = ignore
prediction = np.where(noise % 3 == 0, noise % classes, np.where(truth == ignore, 1, truth)).astype(int)

counted = truth != ignore
p, t = prediction[counted], truth[counted]
iou, acc, share = [], [], []
for k in range(classes):
    if not (t == k).any():
        iou.append(np.nan), acc.append(np.nan), share.append(0.0)
        continue
    both = np.logical_and(p == k, t == k).sum()
    iou.append(100 * both / np.logical_or(p == k, t == k).sum())
    acc.append(100 * both / (t == k).sum())
    share.append((t == k).mean())
print("mIoU", repr(np.nanmean(iou)), "fwIoU", repr(np.nansum(np.array(iou) * share)))
print("mACC", repr(np.nanmean(acc)), "pACC", repr(100 * (p == t).mean()))
print("IoU", [float(v) for v in iou])
print("ACC", [float(v) for v in acc])
