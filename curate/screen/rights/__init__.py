"""Rights, one verdict over every channel: one module per channel, each yields statements; `verdict` folds them."""
