#!/usr/bin/python3
"""What scikit-learn and PyTorch make of given features: the evaluation's reference values.

  evaluation.py DIR        reads DIR/inputs.json, writes DIR/expected.json

Needs Debian's python3-sklearn and python3-torch. EvaluationReferenceTest writes the inputs (features, and what the SGD probe draws: its start and
the order of each epoch), runs this where it can, and compares; one such run is kept in model/src/test/resources/golden/evaluation."""
import json, os, sys
import numpy as np, torch, torch.nn.functional as F
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.metrics import accuracy_score, confusion_matrix, recall_score
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

directory = sys.argv[1]
inputs = json.load(open(os.path.join(directory, 'inputs.json')))
bank, queries, views = (np.array(inputs[name], dtype=np.float64) for name in ('bank', 'queries', 'views'))
bank_labels, query_labels = np.array(inputs['bank_labels']), np.array(inputs['query_labels'])
k, temperature, sgd = inputs['k'], inputs['temperature'], inputs['sgd']
classes = np.unique(bank_labels)


def judged(scores):
    answers = scores.argmax(1)
    five = classes[np.argsort(-scores, axis=1, kind='stable')[:, :5]]   # of equal votes the lower class first; top_k_accuracy_score takes the higher
    return dict(scores=scores.tolist(), top1=accuracy_score(query_labels, answers),
                top5=float((five == query_labels[:, None]).any(1).mean()),
                recall=recall_score(query_labels, answers, average=None, labels=classes).tolist(),
                confusion=confusion_matrix(query_labels, answers, labels=classes).tolist())


def by_sgd():
    x, y = torch.from_numpy(bank), torch.from_numpy(bank_labels)
    layer = torch.nn.Linear(x.shape[1], len(classes)).double()
    layer.weight.data, layer.bias.data = torch.tensor(sgd['start'], dtype=torch.float64), torch.zeros(len(classes), dtype=torch.float64)
    optimiser = torch.optim.SGD(layer.parameters(), sgd['rate'], momentum=.9, weight_decay=0)
    for epoch, order in enumerate(sgd['orders']):   # MoCo's main_lincls with --cos
        for group in optimiser.param_groups: group['lr'] = sgd['rate'] * .5 * (1 + np.cos(np.pi * epoch / len(sgd['orders'])))
        for chosen in torch.tensor(order).split(sgd['batch']):
            optimiser.zero_grad()
            F.cross_entropy(layer(x[chosen]), y[chosen]).backward()
            optimiser.step()
    return layer(torch.from_numpy(queries)).detach().numpy()


def unit(x): return F.normalize(torch.from_numpy(np.array(x, dtype=np.float64)), dim=1)


def nearest(b, q): return NearestNeighbors(n_neighbors=k, metric='cosine').fit(b).kneighbors(q, return_distance=False)


knn = KNeighborsClassifier(k, metric='cosine', weights=lambda distance: np.exp((1 - distance) / temperature)).fit(bank, bank_labels)
ridge = make_pipeline(StandardScaler(), RidgeClassifier(alpha=1)).fit(bank, bank_labels)
logistic = make_pipeline(StandardScaler(), LogisticRegression(C=1, tol=1e-10, max_iter=100000)).fit(bank, bank_labels)
singular = np.linalg.svd(queries, compute_uv=False)
shares = singular / singular.sum() + 1e-7                       # RankMe, equation 1
mine, theirs = nearest(bank, queries), nearest(np.array(inputs['teacher_bank']), np.array(inputs['teacher_queries']))
x = unit(queries)
result = dict(
    knn=judged(knn.predict_proba(queries)), ridge=judged(ridge.decision_function(queries)), logistic=judged(logistic.predict_proba(queries)), sgd=judged(by_sgd()),
    rank_me=float(np.exp(-(shares * np.log(shares)).sum())),
    feature_std=x.std(0, unbiased=False).mean().item(),
    uniformity=torch.pdist(x, p=2).pow(2).mul(-2).exp().mean().log().item(),   # Wang and Isola's own lines
    alignment=(unit(views[0::2]) - unit(views[1::2])).norm(p=2, dim=1).pow(2).mean().item(),
    nearest=float((mine[:, 0] == theirs[:, 0]).mean()),
    overlap=float(np.mean([len(set(a) & set(b)) / k for a, b in zip(mine, theirs)])))
json.dump(result, open(os.path.join(directory, 'expected.json'), 'w'))
