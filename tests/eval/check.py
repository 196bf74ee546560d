#!/usr/bin/python3
"""Scikit-learn and PyTorch on the features that `bagpipe evaluate … --out DIR --save-features` has saved, beside what it said of them.

  check.py DIR [--tolerance 0.0015]

Needs Debian's python3-sklearn and python3-torch (run with /usr/bin/python3). Prints a line a figure; exit code 1 when one is off by more than
the tolerance (a query or so that ties within float32, kNN; a logistic regression that stops a little elsewhere). The SGD probe draws its start and
order from Bagpipe's generator: here PyTorch draws its own, so that it is shown and not judged."""
import argparse, json, os, re, sys
import numpy as np, torch, torch.nn.functional as F
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument('dir'); parser.add_argument('--tolerance', type=float, default=.0015); parser.add_argument('--sgd', action='store_true', help='the SGD probe, too')
a = parser.parse_args()
said = json.load(open(os.path.join(a.dir, 'evaluation.json')))
k, temperature = said['k'], said['temperature']


def tensors(path):
    raw = open(path, 'rb').read(); length = int.from_bytes(raw[:8], 'little'); head = json.loads(raw[8:8 + length])
    types = dict(F32='<f4', I64='<i8')
    return {name: np.frombuffer(raw[8 + length + e['data_offsets'][0]:8 + length + e['data_offsets'][1]], types[e['dtype']]).reshape(e['shape'])
            for name, e in head.items() if name != '__metadata__'}


def features(name): return tensors(os.path.join(a.dir, 'features-' + re.sub('^-|-$', '', re.sub('[^A-Za-z0-9]+', '-', name)) + '.safetensors'))


def top5(scores, classes, truth):
    order = np.argsort(-scores, axis=1, kind='stable')[:, :5]
    return float(np.mean([t in classes[o] for t, o in zip(truth, order)]))


def sgd(x, y, q, epochs, batch, lr):
    torch.manual_seed(1); layer = torch.nn.Linear(x.shape[1], int(y.max()) + 1); layer.weight.data.normal_(0, .01); layer.bias.data.zero_()
    x, y, q = torch.tensor(x), torch.tensor(y), torch.tensor(q); optimiser = torch.optim.SGD(layer.parameters(), lr, momentum=.9)
    for epoch in range(epochs):
        for group in optimiser.param_groups: group['lr'] = lr * .5 * (1 + np.cos(np.pi * epoch / epochs))
        for chosen in torch.randperm(len(x)).split(batch):
            optimiser.zero_grad(); F.cross_entropy(layer(x[chosen]), y[chosen]).backward(); optimiser.step()
    return layer(q).detach().numpy()


worst, teacher = 0, None
for subject in sorted(said['subjects'], key=lambda s: s['kind'] != 'teacher'):
    t = features(subject['name']); bank, queries, y, truth = t['bank'].astype('f8'), t['queries'].astype('f8'), t['bank_labels'], t['queries_labels']
    classes = np.unique(y); found = {}
    models = dict(knn=lambda: KNeighborsClassifier(k, metric='cosine', weights=lambda d: np.exp(-d / temperature)),
                  ridge=lambda: make_pipeline(StandardScaler(), RidgeClassifier(alpha=1)),
                  logistic=lambda: make_pipeline(StandardScaler(), LogisticRegression(C=1, max_iter=5000, tol=1e-6)))
    for probe, make in models.items():
        if probe in subject['probes']:
            model = make().fit(bank, y); scores = model.decision_function(queries) if probe == 'ridge' else model.predict_proba(queries)
            if scores.ndim == 1: scores = np.stack([-scores, scores], 1)
            found[probe] = (float((classes[scores.argmax(1)] == truth).mean()), subject['probes'][probe]['top1'])
            found[probe + ' top-5'] = (top5(scores, classes, truth), subject['probes'][probe]['top5'])
    if a.sgd and 'sgd' in subject['probes']:
        scores = sgd(t['bank'].copy(), y.copy(), t['queries'].copy(), **said['sgd'])
        print(f"{subject['name']:40} sgd          {(scores.argmax(1) == truth).mean():.4f} by PyTorch's own draws, {subject['probes']['sgd']['top1']:.4f} said")
    s = np.linalg.svd(queries, compute_uv=False); p = s / s.sum() + 1e-7; rank = float(np.exp(-(p * np.log(p)).sum()))
    found['rank_me / d'] = (rank / queries.shape[1], subject['rank_me'] / queries.shape[1])
    unit = F.normalize(torch.tensor(queries), dim=1)
    found['feature_std'] = (unit.std(0, unbiased=False).mean().item(), subject['feature_std'])
    found['uniformity'] = (torch.pdist(unit[:4096]).pow(2).mul(-2).exp().mean().log().item(), subject['uniformity'])
    mine = NearestNeighbors(n_neighbors=k, metric='cosine').fit(bank).kneighbors(queries, return_distance=False)
    if subject['kind'] == 'teacher': teacher = mine
    if subject['agreement']:
        found['nearest'] = (float((mine[:, 0] == teacher[:, 0]).mean()), subject['agreement']['nearest'])
        found['overlap'] = (float(np.mean([len(set(m) & set(n)) / k for m, n in zip(mine, teacher)])), subject['agreement']['overlap'])
    for name, (here, there) in found.items():
        worst = max(worst, abs(here - there)); print(f"{subject['name']:40} {name:14} {here:.4f} by Python, {there:.4f} said{'   <-- off' if abs(here - there) > a.tolerance else ''}")
print(f'largest difference {worst:.5f}')
sys.exit(1 if worst > a.tolerance else 0)
