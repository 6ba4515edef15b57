-- KEYS lease meta inbox taken; ARGV lease lease_ms call received idle_ms
local held = redis.call('GET', KEYS[1])
if held ~= ARGV[1] then
  if held or redis.call('HGET', KEYS[2], 'writer') ~= ARGV[1] then return {} end
  -- it ended, but nobody has it since
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
-- what a call took is kept until its answer is known to have been received: it is given again
local call = redis.call('LPOP', KEYS[4])
if call and call == ARGV[4] then redis.call('DEL', KEYS[4]) end
if call ~= ARGV[3] then
  for _, command in ipairs(redis.call('LRANGE', KEYS[3], 0, -1)) do
    redis.call('RPUSH', KEYS[4], command)
  end
  redis.call('DEL', KEYS[3])
end
local taken = redis.call('LRANGE', KEYS[4], 0, -1)
if #taken == 0 then return taken end
redis.call('LPUSH', KEYS[4], ARGV[3])
redis.call('PEXPIRE', KEYS[4], ARGV[5])
return taken
