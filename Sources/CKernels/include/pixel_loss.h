#pragma once
#include "resize.h"

/// Class logits of one image at the size of a network's output, and the labels at that of the canvas.
struct pk_pixels {
    /// [rows->input][columns->input][classes].
    const float *logits;
    long classes;
    const struct resize_axis *rows, *columns;
    /// [height][width]: the class of each pixel of the image, which lies at the canvas's upper left.
    const unsigned short *labels;
    long height, width;
    /// The label of pixels that do not count.
    int ignored;
};

/// How many floats pk_pixel_loss needs: three lines, of which each pixel's classes are filled up to whole vectors.
long pk_pixel_loss_scratch(const struct pk_pixels *pixels);

/// Σ −log softmax(x)[label] over row `row` of the canvas, x the logits resized bilinearly.
///
/// Its gradient is taken back through the resize and added to what it read of the rows first ..< last of `gradient`,
/// which is like the logits; NULL where it is not wanted.
double pk_pixel_loss(const struct pk_pixels *pixels, long row, long first, long last, float *scratch, float *gradient);
