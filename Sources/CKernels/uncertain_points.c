// The values nearest to zero, and the points they belong to.
#include "include/uncertain_points.h"
#include "kernel.h"
#include <string.h>

INLINE unsigned magnitude_bits(const float *value)
{
    unsigned bits;
    memcpy(&bits, value, sizeof bits);
    return bits & 0x7fffffff;
}

enum { first_digits = 11, rest = 31 - first_digits };

/// The `count`-th smallest of `total` numbers that share their first digit, and how many that equal it are among the
/// smallest: a radix search of the other two digits.
INLINE unsigned ranked(const unsigned *bits, long total, long count, long *equals)
{
    unsigned prefix = 0, known = 0;
    for (unsigned shift = rest / 2;; shift = 0) {
        const unsigned mask = (1u << rest / 2) - 1;
        unsigned histogram[1 << rest / 2] = {0}, digit = 0;
        for (long i = 0; i < total; i++)
            if ((bits[i] & known) == prefix) histogram[bits[i] >> shift & mask]++;
        for (; (long)histogram[digit] < count; digit++) count -= histogram[digit];
        prefix |= digit << shift;
        known |= mask << shift;
        if (!shift) break;
    }
    *equals = count;
    return prefix | (bits[0] & ~((1u << rest) - 1));
}

/// The `count`-th smallest magnitude, as bits, and how many that equal it are among the smallest; `scratch` has room
/// for `total`. The bits of positive floats are ordered as the floats are.
INLINE unsigned smallest_magnitudes(const float *values, long total, long count, unsigned *scratch, long *equals)
{
    // Two of them: neighbours often fall into one place, which then would wait for itself.
    unsigned histogram[2][1 << first_digits] = {{0}}, digit = 0;
    for (long i = 0; i < total; i++) histogram[i & 1][magnitude_bits(values + i) >> rest]++;
    for (long here; (here = (long)histogram[0][digit] + histogram[1][digit]) < count; digit++) count -= here;
    long found = 0;
    for (long i = 0; i < total; i++) {
        scratch[found] = magnitude_bits(values + i);
        found += scratch[found] >> rest == digit;
    }
    return ranked(scratch, found, count, equals);
}

void pk_most_uncertain_points(
    const float *values, const float *points, long total, long count, unsigned *scratch, float *taken)
{
    if (count <= 0) return;
    long equals;
    const unsigned limit = smallest_magnitudes(values, total, count, scratch, &equals);
    // Every candidate is written, and stays if it is taken: no branch to guess.
    for (long i = 0, found = 0; found < count; i++) {
        const unsigned bits = magnitude_bits(values + i);
        const long is_last = (bits == limit) & (equals > 0);
        memcpy(taken + 2 * found, points + 2 * i, 2 * sizeof *points);
        found += (bits < limit) | is_last;
        equals -= is_last;
    }
}
