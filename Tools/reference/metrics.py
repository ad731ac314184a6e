"""Prints the scores that Tests/MetricsTests/SemanticEvaluatorTests.swift expects, from numpy (boundaries: OpenCV).

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


# Boundary IoU of the same pixels as an image of 50 x 80, by the steps that detectron2's _mask_to_boundary documents.
import cv2


def boundary(labels):
    distance = max(1, round(0.02 * np.hypot(*labels.shape)))
    framed = cv2.copyMakeBorder(labels, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    return labels - cv2.erode(framed, np.ones((3, 3), np.uint8), iterations=distance)[1:-1, 1:-1]


smooth = np.where(np.arange(pixels) % 7 == 0, prediction, np.where(truth == ignore, 1, truth))
p = boundary(smooth.reshape(50, 80).astype(np.uint8)).ravel()
t = boundary(np.where(truth == ignore, classes, truth).reshape(50, 80).astype(np.uint8)).ravel()
p, t = p[t != classes], t[t != classes]
with np.errstate(invalid="ignore"):
    print("boundary IoU", [float(100 * np.logical_and(p == k, t == k).sum() / np.logical_or(p == k, t == k).sum())
                           for k in range(classes)])
