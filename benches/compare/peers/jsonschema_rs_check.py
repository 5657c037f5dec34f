"""Validates with jsonschema-rs: the schema compiled once, the document parsed by json."""

import json
import sys

import jsonschema_rs

with open(sys.argv[1]) as file:
    validator = jsonschema_rs.validator_for(json.load(file))
with open(sys.argv[2], "rb") as file:
    sys.exit(0 if validator.is_valid(json.load(file)) else 1)
