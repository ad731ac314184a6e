#pragma once

/// How many of `class_count` classes pk_mix_masks_row should sum together on this processor.
long pk_mix_masks_together(long class_count);

/// One row of pixels from one row of mask logits: bilinear ×4 of the columns, sigmoid, class scores
/// scores[k][x] = Σ_q probability[q][x] · classes[q][k], and labels[x] = the class with the largest, the first of
/// equals.
///
/// Logits of query q lie at row + q · stride; the first and the last of them must be repeated at −1 and behind, sixteen
/// columns there must be readable. `classes` is [queries][class_count]; `together` classes are summed
/// in registers. `probabilities` is scratch of sixteen floats a query. Scores of a class are `plane` floats
/// from those of the one before; null writes none.
void pk_mix_masks_row(
    const float *row, long stride, long width, long queries, const float *classes, long class_count, long together,
    float *probabilities, unsigned short *labels, float *scores, long plane);
