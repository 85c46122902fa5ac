"""One page for each step: data, augment, model, train, evaluate, predict."""
