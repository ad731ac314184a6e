"""Prints the numbers of Tests/OptimizersTests: PyTorch's optimisers and detectron2's schedules.

Needs torch, fvcore, detectron2 and its DeepLab project (for the schedules their four files are enough).
"""
import torch
from detectron2.projects.deeplab.lr_scheduler import WarmupPolyLR
from detectron2.solver.lr_scheduler import WarmupParamScheduler
from fvcore.common.param_scheduler import CosineParamScheduler, MultiStepParamScheduler

SMALL, LARGE = 5, 100_003


def start(count):
    i = torch.arange(count)
    return (((i * 37) % 11) - 5).float() / 8


def gradient(count, step):
    i = torch.arange(count)
    return (((i * 17 + step * 29) % 13) - 6).float() / 16


def run(make, clip=None, per_parameter=None, value=None):
    """Four steps on three parameters: 'small' (rate 0.1, decay 0.05), 'backbone' (0.01, 0.05), 'large' (0.1, 0)."""
    parameters = [torch.nn.Parameter(start(n)) for n in (SMALL, SMALL, LARGE)]
    rates, decays = (0.1, 0.01, 0.1), (0.05, 0.05, 0.0)
    groups = [dict(params=[p], lr=r, weight_decay=d) for p, r, d in zip(parameters, rates, decays)]
    optimizer = make(groups)
    for step in range(4):
        for group, rate in zip(optimizer.param_groups, rates):
            group["lr"] = rate * (1 - step / 10)
        for p in parameters:
            p.grad = gradient(p.numel(), step)
        if clip is not None:
            norm = torch.nn.utils.clip_grad_norm_(parameters, clip)
        if per_parameter is not None:
            for p in parameters:
                torch.nn.utils.clip_grad_norm_([p], per_parameter)
        if value is not None:
            torch.nn.utils.clip_grad_value_(parameters, value)
        optimizer.step()
    small, backbone, large = (p.detach() for p in parameters)
    return small.tolist(), backbone.tolist(), [large.double().sum().item(), large[0].item(), large[-1].item()]


def show(name, result):
    print(name)
    for values in result:
        print("   ", [float(f"{v:.9g}") for v in values])


show("adamw", run(torch.optim.AdamW))
show("adamw, full model 0.01", run(torch.optim.AdamW, clip=0.01))
show("sgd", run(lambda g: torch.optim.SGD(g, lr=0.1)))
show("sgd momentum", run(lambda g: torch.optim.SGD(g, lr=0.1, momentum=0.9)))
show("sgd nesterov, full model 0.5", run(lambda g: torch.optim.SGD(g, lr=0.1, momentum=0.9, nesterov=True), clip=0.5))
show("sgd, per parameter 0.5", run(lambda g: torch.optim.SGD(g, lr=0.1), per_parameter=0.5))
show("sgd, value 0.2", run(lambda g: torch.optim.SGD(g, lr=0.1), value=0.2))


def poly(steps, warmup_steps, factor, method, ending, at):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = WarmupPolyLR(optimizer, steps, factor, warmup_steps, method, power=0.9, constant_ending=ending)
    values = {}
    for step in range(max(at) + 1):
        values[step] = optimizer.param_groups[0]["lr"]
        optimizer.step()
        scheduler.step()
    return [(step, values[step]) for step in at]


def composed(decay, steps, warmup_steps, factor, method, at):
    schedule = WarmupParamScheduler(decay, factor, min(warmup_steps / steps, 1.0), method, False)
    return [(step, schedule(step / steps)) for step in at]


def schedule(name, values):
    print(name, ", ".join(f"({step}, {value!r})" for step, value in values))


AT = [0, 1, 9, 10, 11, 50, 79, 80, 81, 99]
schedule("poly linear", poly(100, 10, 0.001, "linear", 0.0, AT))
schedule("poly constant", poly(100, 10, 0.25, "constant", 0.0, AT))
schedule("poly ending", poly(100, 10, 0.25, "linear", 0.4, AT))
schedule("poly no warm-up", poly(100, 0, 1.0, "linear", 0.0, AT))
schedule("cosine linear", composed(CosineParamScheduler(1, 0.05), 100, 10, 0.001, "linear", AT))
schedule("cosine constant", composed(CosineParamScheduler(1, 0.0), 100, 10, 0.25, "constant", AT))
schedule("cosine no warm-up", composed(CosineParamScheduler(1, 0.0), 100, 0, 1.0, "linear", AT))
steps = MultiStepParamScheduler(values=[1, 0.1, 0.01], milestones=[50, 80], num_updates=100)
schedule("multi-step linear", composed(steps, 100, 10, 0.001, "linear", AT))
steps = MultiStepParamScheduler(values=[1, 0.5], milestones=[5], num_updates=100)
schedule("multi-step inside warm-up", composed(steps, 100, 10, 0.001, "linear", AT))
