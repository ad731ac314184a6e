"""The goldens' fill rule: functions of a name, which Tests/GoldenTests/FillRule.swift has too."""
import numpy

M = (1 << 64) - 1


def uniform(name, count):
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x100000001B3) & M
    with numpy.errstate(over="ignore"):
        z = numpy.uint64(seed) + numpy.arange(1, count + 1, dtype=numpy.uint64) * numpy.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
        z = z ^ (z >> numpy.uint64(31))
    return (z >> numpy.uint64(40)).astype(numpy.float64) * 2.0**-24


def parameter(name, shape):
    """The values of a parameter or buffer."""
    u = uniform(name, int(numpy.prod(shape))).reshape(shape)
    v, leaf = 2 * u - 1, name.split(".")[-1]
    if leaf == "running_var":
        return 0.75 + 0.5 * u
    if leaf == "running_mean":
        return 0.1 * v
    if len(shape) == 1:
        return 1 + 0.1 * v if leaf == "weight" else 0.1 * v
    return v * (3 / numpy.prod(shape[1:])) ** 0.5
