"""The record for an outsider: one folder of plain files, and one script that checks them without this product."""
