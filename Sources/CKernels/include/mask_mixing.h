#pragma once

/// Mask logits of a row of pixels, `logit_stride` floats from pixel to pixel, to rows of queries: that of query q
/// begins at row + q · stride, the first pixel before itself, the last one repeated to the end. `stride` is a multiple
/// of sixteen. Queries are read and written by sixteen: what lies behind the last one is anything. Returns whether all
/// logits are bounded, as pk_mix_masks_row likes them.
int pk_mask_row(const float *logits, long logit_stride, long width, long queries, float *row, long stride);

/// How many of `class_count` classes pk_mix_masks_row should sum together on this processor.
long pk_mix_masks_together(long class_count);

/// Mask logits between two rows that pk_mask_row wrote: (1 − weight) · above + weight · below. Behind the last pixel
/// sixteen must be readable.
struct mask_rows {
    const float *above, *below;
    float weight;
    long stride, queries;
    /// What pk_mask_row says of both: others take longer.
    int is_bounded;
};

/// What queries weigh in each class, [queries][count], and how many classes are summed together, in registers: 1 … 6.
struct mask_classes {
    const float *weights;
    long count, together;
};

/// One row of pixels from one row of mask logits: bilinear ×4 of the columns, sigmoid (absolute error below 3e-7 plus
/// 3e-8 times what neighbouring logits differ by), class scores scores[k][x] = Σ_q probability[q][x] · classes[q][k],
/// and labels[x] = the class with the largest, the first of equals.
///
/// `probabilities` is scratch of 64 floats a query. Scores of a class are `plane` floats from those of the one before;
/// null writes none.
void pk_mix_masks_row(
    const struct mask_rows *rows, const struct mask_classes *classes, long width, float *probabilities,
    unsigned short *labels, float *scores, long plane);
