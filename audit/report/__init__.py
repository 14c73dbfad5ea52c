"""The audit report: collected once from the record, then rendered for people (HTML, CSV) and for programs (JSON)."""
