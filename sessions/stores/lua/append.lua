-- KEYS lease meta log readers; ARGV lease epoch first turn_seq lease_ms process session owned_ms now_ms keep_ms frame...
local held = redis.call('GET', KEYS[1])
local meta = redis.call('HMGET', KEYS[2], 'epoch', 'seq', 'writer', 'turn_seq')
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
for i = 11, #ARGV do
  local at = first + i - 11
  if at > seq then redis.call('XADD', KEYS[3], string.format('%d-0', at), 'f', ARGV[i]) end
end
redis.call('HSET', KEYS[2], 'seq', math.max(seq, first + #ARGV - 11), 'turn_seq', ARGV[4])
local began = tonumber(ARGV[4])
-- a session may always have a turn that waits, and give its lease back never
if began > tonumber(meta[4] or 0) then
  trim(KEYS[2], KEYS[3], tonumber(ARGV[9]), tonumber(ARGV[10]), string.format('%d', began - 1))
end
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
