"""Proto3 JSON (https://protobuf.dev/programming-guides/json/): `codec` is the entrance."""
