-- KEYS lease meta inbox; ARGV lease lease_ms
local held = redis.call('GET', KEYS[1])
if held ~= ARGV[1] then
  if held or redis.call('HGET', KEYS[2], 'writer') ~= ARGV[1] then return {} end
  -- it ended, but nobody has it since
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
local commands = redis.call('LRANGE', KEYS[3], 0, -1)
redis.call('DEL', KEYS[3])
return commands
