-- KEYS lease inbox taken; ARGV lease lease_ms
local held = redis.call('GET', KEYS[1])
if held ~= ARGV[1] then return held and -1 or 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
local call = redis.call('LINDEX', KEYS[3], 0)
-- a lease before this one may have ended before it heard what it took
if call and string.sub(call, 1, #ARGV[1] + 1) ~= ARGV[1] .. ':' then return 1 end
return redis.call('LLEN', KEYS[2])
