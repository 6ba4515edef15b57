-- KEYS lease meta log inbox taken; ARGV lease idle_ms now_ms keep_ms received
local held = redis.call('GET', KEYS[1])
-- a lease that ended is still ours to give back while nobody has it since
if (held or redis.call('HGET', KEYS[2], 'writer')) ~= ARGV[1] then return 1 end
if redis.call('LLEN', KEYS[4]) > 0 then return 0 end
local call = redis.call('LINDEX', KEYS[5], 0)
if call and call ~= ARGV[5] then return 0 end
redis.call('DEL', KEYS[5])
trim(KEYS[2], KEYS[3], tonumber(ARGV[3]), tonumber(ARGV[4]), redis.call('HGET', KEYS[2], 'seq'))
redis.call('HDEL', KEYS[2], 'writer')
redis.call('DEL', KEYS[1])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
redis.call('PEXPIRE', KEYS[3], ARGV[2])
return 1
