-- KEYS lease meta log inbox readers; ARGV process new_epoch lease_ms idle_ms command session owned_ms
local held = redis.call('GET', KEYS[1])
local owner = held and string.match(held, '^(.-):')
-- a process asks for what it does not own: a lease in its name is one that it could not give back
if held and owner ~= ARGV[1] then
  if ARGV[5] ~= '' then
    redis.call('RPUSH', KEYS[4], ARGV[5])
    redis.call('PEXPIRE', KEYS[4], ARGV[4])
    redis.call('PUBLISH', 'ion:bell:' .. owner, ARGV[6])
  end
  return {0, owner}
end
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
local meta = redis.call('HMGET', KEYS[2], 'epoch', 'seq', 'turn_seq', 'run', 'writer')
local fence = redis.call('HINCRBY', KEYS[2], 'fence', 1)
local fresh = 0
if not meta[1] or meta[5] or (meta[4] and meta[4] ~= run) then
  fresh = 1
  meta = {ARGV[2], '0', '0'}
  redis.call('DEL', KEYS[3])
  redis.call('HDEL', KEYS[2], 'marks')
end
local lease = ARGV[1] .. ':' .. fence
redis.call('SET', KEYS[1], lease, 'PX', ARGV[3])
redis.call('HSET', KEYS[2], 'epoch', meta[1], 'seq', meta[2], 'turn_seq', meta[3], 'run', run, 'writer', lease)
-- a log that nobody releases any more must end as well, only later
redis.call('PEXPIRE', KEYS[2], ARGV[7])
redis.call('PEXPIRE', KEYS[3], ARGV[7])
if fresh == 1 then
  for _, process in ipairs(redis.call('SMEMBERS', KEYS[5])) do
    if process ~= ARGV[1] then redis.call('PUBLISH', 'ion:bell:' .. process, ARGV[6]) end
  end
end
return {1, fence, meta[1], meta[2], meta[3], fresh}
