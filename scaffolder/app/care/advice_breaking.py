"""For each rule of `buf breaking`, who is harmed and how to do it without harm. Numbers stand for quoted names."""

_NEW_FIELD = "leave this field, mark it deprecated, and add a field with a new number"
_NEW_RPC = "leave this RPC as it was, and add another one"
_PUT_BACK = "put it back, and mark it deprecated; code that names it would not compile"
_STREAMING = f"old clients expect the other kind of call; {_NEW_RPC}"
_RESERVED = "put it back: a number or name that was once used must not come to mean something else"

BREAKING = {
    "ENUM_NO_DELETE": _PUT_BACK,
    "ENUM_SAME_JSON_FORMAT": "leave the feature as it was: JSON that was understood would be refused",
    "ENUM_SAME_TYPE": "leave it open or closed as it was: unknown numbers would be treated otherwise",
    "ENUM_VALUE_NO_DELETE": "put it back, and mark it deprecated; clients may still send the number {0}",
    "ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED": 'add to the enum: reserved "{last}";',
    "ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED": "add to the enum: reserved {last};",
    "ENUM_VALUE_SAME_NAME": "put `{2}` back: JSON has the name; with allow_alias both may have the number {0}",
    "EXTENSION_MESSAGE_NO_DELETE": "put the range back: there may be extensions in it",
    "EXTENSION_NO_DELETE": _PUT_BACK,
    "FIELD_NO_DELETE": "put it back, and mark it deprecated; where no client's code matters, "
    '`reserved {0}; reserved "{1}";` and --level wire-json',
    "FIELD_NO_DELETE_UNLESS_NAME_RESERVED": 'add to the message: reserved "{last}"; JSON clients may still send it',
    "FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED": "add to the message: reserved {last}; old clients may still send it",
    "FIELD_SAME_CARDINALITY": f"old clients read and write the other kind; {_NEW_FIELD}",
    "FIELD_SAME_DEFAULT": "leave the default as it was: it is not sent, each side fills in its own",
    "FIELD_SAME_JSON_NAME": 'add [json_name = "{4}"], or JSON clients miss the field',
    "FIELD_SAME_NAME": "keep `{2}`, which JSON and code have; or mark it deprecated, and add a field with a new number",
    "FIELD_SAME_ONEOF": f"setting it would clear other fields, or no more; {_NEW_FIELD}",
    "FIELD_SAME_TYPE": f"old clients read other bytes or another type from it; {_NEW_FIELD}",
    "FIELD_WIRE_COMPATIBLE_CARDINALITY": f"old clients read and write the other kind; {_NEW_FIELD}",
    "FIELD_WIRE_COMPATIBLE_TYPE": f"old clients misread the bytes; {_NEW_FIELD}",
    "FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY": f"old clients read and write the other kind; {_NEW_FIELD}",
    "FIELD_WIRE_JSON_COMPATIBLE_TYPE": f"old clients misread the bytes or the JSON; {_NEW_FIELD}",
    "FILE_NO_DELETE": "put it back into scaffold.yaml and the folder; its services would answer no more",
    "FILE_SAME_PACKAGE": "leave the package: its name is in every call; put a new version beside it, as in order/v2",
    "FILE_SAME_SYNTAX": "leave the syntax: presence, defaults and enums mean something else in the other one",
    "MESSAGE_NO_DELETE": _PUT_BACK,
    "MESSAGE_SAME_JSON_FORMAT": "leave the feature as it was: JSON that was understood would be refused",
    "MESSAGE_SAME_REQUIRED_FIELDS": "old and new sides would refuse each other's messages; make the field optional",
    "ONEOF_NO_DELETE": "put it back: code asks which of its fields is set",
    "PACKAGE_ENUM_NO_DELETE": _PUT_BACK,
    "PACKAGE_EXTENSION_NO_DELETE": _PUT_BACK,
    "PACKAGE_MESSAGE_NO_DELETE": _PUT_BACK,
    "PACKAGE_NO_DELETE": "put it back; its services would answer no more",
    "PACKAGE_SERVICE_NO_DELETE": "put it back, and mark it deprecated; its calls would be answered UNIMPLEMENTED",
    "RESERVED_ENUM_NO_DELETE": _RESERVED,
    "RESERVED_MESSAGE_NO_DELETE": _RESERVED,
    "RPC_NO_DELETE": "put it back, and mark it deprecated; its calls would be answered UNIMPLEMENTED",
    "RPC_SAME_CLIENT_STREAMING": _STREAMING,
    "RPC_SAME_IDEMPOTENCY_LEVEL": "leave the level: clients decide by it what they may send twice",
    "RPC_SAME_REQUEST_TYPE": f"old clients send `{{2}}`; {_NEW_RPC}",
    "RPC_SAME_RESPONSE_TYPE": f"old clients expect `{{2}}`; {_NEW_RPC}",
    "RPC_SAME_SERVER_STREAMING": _STREAMING,
    "SERVICE_NO_DELETE": "put it back, and mark it deprecated; its calls would be answered UNIMPLEMENTED",
}
