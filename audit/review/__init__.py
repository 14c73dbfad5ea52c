"""The review page: a small web application on this machine, in which people decide about images. Docs: docs/how-to/review.md."""
