-- KEYS lease inbox; ARGV lease
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {} end
local commands = redis.call('LRANGE', KEYS[2], 0, -1)
redis.call('DEL', KEYS[2])
return commands
