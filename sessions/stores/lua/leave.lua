-- KEYS lease inbox; ARGV command idle_ms session
local held = redis.call('GET', KEYS[1])
if not held then return 0 end
redis.call('RPUSH', KEYS[2], ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
redis.call('PUBLISH', 'ion:bell:' .. string.match(held, '^(.-):'), ARGV[3])
return 1
