-- KEYS lease inbox; ARGV lease lease_ms
local held = redis.call('GET', KEYS[1])
if held ~= ARGV[1] then return held and -1 or 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('LLEN', KEYS[2])
