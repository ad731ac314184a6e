#pragma once

/// One image of a modulated deformable 3×3 convolution, stride 1, padding 1.
struct deformable_image {
    const float *x;            ///< [height][width][channels]
    long height, width, channels;
    const float *offset_mask;  ///< [height][width][27]: (dy, dx) of nine taps, then nine modulations, raw
    const float *zeros;        ///< [channels], read where a corner lies outside
};

/// Where one tap of one pixel reads: the pixels up left, up right, down left, down right of it, or −1
/// outside.
struct deformable_tap {
    int corners[4];
    float weights[4];          ///< bilinear, without the modulation
    float below, right;        ///< fractions of the position
    float modulation;          ///< after the sigmoid
};

/// The nine taps of each of the pixels [first, last).
void pk_deformable_locate(const struct deformable_image *image, long first, long last, struct deformable_tap *taps);
/// Modulated samples of `count` taps that lie `step` apart: columns[tap][channel]. All nine of some pixels have the
/// step 1, one tap of each pixel the step 9.
void pk_deformable_columns(
    const struct deformable_image *image, const struct deformable_tap *taps, long count, long step, float *columns);
/// The least and one more than the largest row that taps of the pixels [first, last) read; an empty range
/// where none does.
void pk_deformable_rows(const struct deformable_image *image, long first, long last, long *first_row, long *last_row);
/// The gradient of the columns of tap k, [pixel][channel], back to the image's rows from `first_row` on (added to
/// `input_gradient`) and to its three of the 27 channels of each pixel (written, through the sigmoid). `scrap` is
/// [4][channels]; null `input_gradient`: not wanted.
void pk_deformable_gradient(
    const struct deformable_image *image, const struct deformable_tap *taps, long pixels, long k,
    const float *column_gradient, long first_row, float *input_gradient, float *scrap, float *offset_mask_gradient);
/// y[i] += part[i].
void pk_deformable_add(const float *part, long count, float *y);
