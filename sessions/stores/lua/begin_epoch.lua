-- KEYS lease meta log readers; ARGV lease epoch lease_ms fence owned_ms process session
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
local writer = redis.call('HGET', KEYS[2], 'writer')
if not held and writer and writer ~= ARGV[1] then return 0 end
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
redis.call('DEL', KEYS[3])
redis.call('HDEL', KEYS[2], 'marks')
redis.call('HSET', KEYS[2], 'epoch', ARGV[2], 'seq', 0, 'turn_seq', 0, 'run', run, 'writer', ARGV[1], 'fence', ARGV[4])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
for _, process in ipairs(redis.call('SMEMBERS', KEYS[4])) do
  if process ~= ARGV[6] then redis.call('PUBLISH', 'ion:bell:' .. process, ARGV[7]) end
end
return 1
