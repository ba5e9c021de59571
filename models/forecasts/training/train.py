"""Trains the global forecaster on what write-samples.ts wrote, and writes it as ONNX: train.py SAMPLES OUT.onnx FEATURES."""

import sys

import numpy as np
import torch
from torch import nn

LEVELS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99]
MEMBERS, WIDTH, STEPS, BATCH = 3, 96, 9000, 4096

samples, out, features = sys.argv[1], sys.argv[2], int(sys.argv[3])
torch.manual_seed(20)
torch.set_num_threads(2)
data = torch.from_numpy(np.fromfile(samples, dtype=np.float32).reshape(-1, features + 5))
sets, held, scale, anchor, value = (data[:, at] for at in range(5))
target = (value / scale).clamp(max=30)
base = (anchor / scale).clamp(-10, 10)
inputs = data[:, 5:]
# Large series count for more, as in the weighted quantile loss, but not by as much as their size; sets count alike.
weight = scale.clamp(min=1e-3).sqrt()
for one in sets.unique():
    of = sets == one
    weight[of] /= weight[of].mean() * of.float().mean() * 4
levels = torch.tensor(LEVELS)
counted = torch.tensor([1.0] * 9 + [0.7, 0.5])


class Member(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Linear(features, WIDTH), nn.GELU(), nn.Linear(WIDTH, WIDTH), nn.GELU(), nn.Linear(WIDTH, WIDTH), nn.GELU()
        )
        self.head = nn.Linear(WIDTH, len(LEVELS))

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return self.head(self.body(rows))


class Model(nn.Module):
    """Quantiles in units of the scale, before the anchor is added."""

    def __init__(self, mean: torch.Tensor, deviation: torch.Tensor) -> None:
        super().__init__()
        self.members = nn.ModuleList(Member() for _ in range(MEMBERS))
        self.register_buffer("mean", mean)
        self.register_buffer("deviation", deviation)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        rows = (rows - self.mean) / self.deviation
        return torch.stack([member(rows) for member in self.members]).mean(0)


def pinball(quantiles: torch.Tensor, actual: torch.Tensor) -> torch.Tensor:
    error = actual[:, None] - quantiles
    return torch.maximum(levels * error, (levels - 1) * error)


train = (held == 0).nonzero()[:, 0]
judge = (held == 2).nonzero()[:, 0]
model = Model(inputs[train].mean(0), inputs[train].std(0) + 1e-3)
# Every member sees its own order of the samples; they are averaged only when they answer.
for number, member in enumerate(model.members):
    steps = torch.optim.AdamW(member.parameters(), lr=2e-3, weight_decay=1e-3)
    plan = torch.optim.lr_scheduler.OneCycleLR(steps, max_lr=3e-3, total_steps=STEPS, pct_start=0.1)
    slow = torch.optim.swa_utils.AveragedModel(member, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.999))
    order = torch.Generator().manual_seed(number)
    total = 0.0
    for step in range(STEPS):
        at = train[torch.randint(len(train), (BATCH,), generator=order)]
        rows = (inputs[at] - model.mean) / model.deviation
        rows = rows * (torch.rand(rows.shape, generator=order) > 0.05) if step < STEPS * 0.8 else rows
        loss = (pinball(member(rows) + base[at][:, None], target[at]) * counted).sum(1)
        loss = (loss * weight[at]).mean()
        steps.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(member.parameters(), 1.0)
        steps.step()
        plan.step()
        slow.update_parameters(member)
        total += loss.item()
        if (step + 1) % 1500 == 0:
            print(f"member {number}, step {step + 1}: {total / 1500:.4f}", flush=True)
            total = 0.0
    member.load_state_dict(slow.module.state_dict())

model.eval()
with torch.no_grad():
    made = (model(inputs[judge]) + base[judge][:, None]).clamp(min=0).sort(1).values * scale[judge][:, None]
    for one in sets.unique():
        of = sets[judge] == one
        loss = 2 * pinball(made[of], value[judge][of])[:, :9].sum() / 9 / value[judge][of].abs().sum()
        print(f"set {int(one)}: weighted quantile loss of series held out {loss:.4f}")

torch.onnx.export(
    model, (inputs[:2],), out, input_names=["rows"], output_names=["quantiles"], dynamic_axes={"rows": {0: "n"}, "quantiles": {0: "n"}}, dynamo=False, opset_version=18
)
print(out)
