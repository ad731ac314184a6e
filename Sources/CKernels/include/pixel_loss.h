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
    /// [classes]: the weight of the losses of each class's pixels; NULL: 1.
    const float *class_weights;
};

/// How many floats of scratch the functions below need: three lines, of which each pixel's classes are filled up to
/// whole vectors.
long pk_pixel_loss_scratch(const struct pk_pixels *pixels);

/// Σ −weight[label] · log softmax(x)[label] over row `row` of the canvas, x the logits resized bilinearly.
///
/// Its gradient is taken back through the resize and added to what it read of the rows first ..< last of `gradient`,
/// which is like the logits; NULL where it is not wanted.
double pk_pixel_loss(const struct pk_pixels *pixels, long row, long first, long last, float *scratch, float *gradient);

/// softmax(x)[label] of every pixel of row `row` of the label map; 2 where the pixel does not count.
void pk_pixel_probabilities(const struct pk_pixels *pixels, long row, float *scratch, float *probabilities);
