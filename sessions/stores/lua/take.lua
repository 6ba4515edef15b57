-- KEYS lease meta inbox taken; ARGV lease lease_ms call
local held = redis.call('GET', KEYS[1])
if held ~= ARGV[1] then
  if held or redis.call('HGET', KEYS[2], 'writer') ~= ARGV[1] then return {} end
  -- it ended, but nobody has it since
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
-- a call that comes again got no answer: it gets the same one
if redis.call('LINDEX', KEYS[4], 0) ~= ARGV[3] then
  redis.call('DEL', KEYS[4])
  if redis.call('LLEN', KEYS[3]) == 0 then return {} end
  redis.call('RENAME', KEYS[3], KEYS[4])
  redis.call('LPUSH', KEYS[4], ARGV[3])
  redis.call('PEXPIRE', KEYS[4], 60000)
end
return redis.call('LRANGE', KEYS[4], 1, -1)
