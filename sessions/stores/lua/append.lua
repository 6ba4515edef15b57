-- KEYS lease meta log readers; ARGV lease epoch first turn_seq lease_ms process session owned_ms frame...
local held = redis.call('GET', KEYS[1])
local meta = redis.call('HMGET', KEYS[2], 'epoch', 'seq', 'writer')
if held ~= ARGV[1] then
  if held or (meta[3] and meta[3] ~= ARGV[1]) then return 'fenced' end
  if not meta[1] then return 'gap' end
  if not meta[3] then return 'fenced' end
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[5])
else
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
end
local first, seq = tonumber(ARGV[3]), tonumber(meta[2])
if meta[1] ~= ARGV[2] or not seq or seq < first - 1 then return 'gap' end
for i = 9, #ARGV do
  local at = first + i - 9
  if at > seq then redis.call('XADD', KEYS[3], string.format('%d-0', at), 'f', ARGV[i]) end
end
redis.call('HSET', KEYS[2], 'seq', math.max(seq, first + #ARGV - 9), 'turn_seq', ARGV[4])
redis.call('PEXPIRE', KEYS[2], ARGV[8])
redis.call('PEXPIRE', KEYS[3], ARGV[8])
local result = 'ok'
for _, process in ipairs(redis.call('SMEMBERS', KEYS[4])) do
  if process ~= ARGV[6] then
    if redis.call('PUBLISH', 'ion:bell:' .. process, ARGV[7]) == 0 then
      redis.call('SREM', KEYS[4], process)
    else
      result = 'rung'
    end
  end
end
return result
