"""What has to happen at once in Redis.

An entry is one key. Its value is a lease, `L` and the token of the one who loads it, or a value, `V`, a head, a newline
and the entity. The head names the entity's shape and the tokens of the entry's scopes as they were when it was loaded;
a value with another head is none. So a scope forgets all that is in it when its own key goes: the next one has another
token. Should Redis evict a key, a lease or a scope, then values are lost, and none comes back.
"""

_TEXT = """
local function text(key)
  local found = redis.pcall('GET', key)
  if type(found) == 'table' then  -- something else than text, and so not ours
    redis.call('DEL', key)
    return false
  end
  return found
end
"""

LEASE = (
    _TEXT
    + """
local entry, token, shape = KEYS[1], ARGV[1], ARGV[4]
local head = 'V' .. shape
for i = 2, #KEYS do
  local scope = text(KEYS[i]) or token
  redis.call('SET', KEYS[i], scope, 'PX', ARGV[3])
  head = head .. ',' .. scope
end
head = head .. '\\n'
local found = text(entry)
if found and string.sub(found, 1, #head) == head then return {'value', found} end
if found and string.sub(found, 1, 1) == 'L' and found ~= 'L' .. token then return {'busy', ''} end
redis.call('SET', entry, 'L' .. token, 'PX', ARGV[2])
return {'head', head}
"""
)
"""KEYS: the entry, its scopes. ARGV: a token, milliseconds of the lease and of the scopes, the shape.

`value` and the value where there is a valid one, `busy` where somebody else has the lease, or `head` and the head to
store the value with. Asked again, as after a lost answer, it gives the same lease again.
"""

STORE = (
    _TEXT
    + """
if text(KEYS[1]) ~= 'L' .. ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
"""
)
"""KEYS: the entry. ARGV: the lease's token, the value, its milliseconds. 0 where the lease has gone."""

RELEASE = (
    _TEXT
    + """
if text(KEYS[1]) ~= 'L' .. ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
"""
)
"""KEYS: the entry. ARGV: the lease's token. Gives the lease back; 0 where it has gone."""
