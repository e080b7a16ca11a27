"""Batch-1 analog training of 784-300-10 with aihwkit, for `npm run bench -- --peers`.

    python3 -m venv .cache/aihwkit && .cache/aihwkit/bin/pip install aihwkit==1.1.0

Reads lines of JSON from stdin, {"device": "...", "samples": n, "threads": n, "features": 784}, and answers each with one,
{"samplesPerSecond": ..., ...}; so that windows of several programs can take turns. Inputs are random with the images'
share of constant pixels: the time does not depend on what they show, but for how many pulses they ask.
"""

import json
import sys
import time
from importlib.metadata import version

import torch
from aihwkit.nn import AnalogLinear, AnalogSequential
from aihwkit.optim import AnalogSGD
from aihwkit.simulator.configs import FloatingPointRPUConfig, SingleRPUConfig, UnitCellRPUConfig
from aihwkit.simulator.configs.compounds import VectorUnitCell
from aihwkit.simulator.configs.devices import ConstantStepDevice, ExpStepDevice, FloatingPointDevice
from torch import nn

CONFIGS = {
    # One device a weight with cycle-to-cycle and device-to-device noise, stochastic pulse trains, converters and read
    # noise as aihwkit has them by default.
    "constant step": lambda: SingleRPUConfig(device=ConstantStepDevice()),
    "exponential step": lambda: SingleRPUConfig(device=ExpStepDevice()),
    # Two devices a weight, both pulsed at every update.
    "pair of exponential steps": lambda: UnitCellRPUConfig(
        device=VectorUnitCell(unit_cell_devices=[ExpStepDevice(), ExpStepDevice()])
    ),
    "floating point": lambda: FloatingPointRPUConfig(device=FloatingPointDevice()),
}


def network(device):
    layers = [AnalogLinear(784, 300, bias=False, rpu_config=CONFIGS[device]()), nn.Sigmoid()]
    layers += [AnalogLinear(300, 10, bias=False, rpu_config=CONFIGS[device]()), nn.Sigmoid()]
    return AnalogSequential(*layers)


def measure(device, samples, threads):
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    model = network(device)
    optimizer = AnalogSGD(model.parameters(), lr=0.1)
    optimizer.regroup_param_groups(model)
    loss = nn.MSELoss()
    pixels = torch.rand(samples, 784)
    pixels[torch.rand(samples, 784) < 0.81] = 0
    targets = nn.functional.one_hot(torch.randint(0, 10, (samples,)), 10).float()

    def train(s):
        optimizer.zero_grad()
        loss(model(pixels[s : s + 1]), targets[s : s + 1]).backward()
        optimizer.step()

    for s in range(min(20, samples)):
        train(s)
    started = time.perf_counter()
    for s in range(samples):
        train(s)
    return samples / (time.perf_counter() - started)


for line in sys.stdin:
    asked = json.loads(line)
    rate = measure(asked["device"], asked["samples"], asked["threads"])
    answer = {**asked, "samplesPerSecond": rate, "aihwkit": version("aihwkit"), "torch": torch.__version__}
    print(json.dumps(answer), flush=True)
