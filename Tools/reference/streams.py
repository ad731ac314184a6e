"""The tests' deterministic numbers, for the scripts beside this one."""
import torch

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix(value):
    z = (value + GOLDEN) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def bits(name, count, seed=7):
    """The numbers of RandomStream(seed:name:)."""
    hash = 0xCBF29CE484222325
    for byte in name.encode():
        hash = ((hash ^ byte) * 0x100000001B3) & MASK
    state = mix(mix(seed) ^ hash)
    return [mix((state + i * GOLDEN) & MASK) for i in range(count)]


def test_tensor(name, shape, scale=1.0):
    """testTensor of the tests, rounded to float32 as there."""
    values = [2 * ((z >> 11) * 2.0**-53) - 1 for z in bits(name, torch.Size(shape).numel())]
    return (torch.tensor(values, dtype=torch.float64).float() * scale).double().reshape(shape)
