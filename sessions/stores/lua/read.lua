-- KEYS meta log readers; ARGV new_epoch idle_ms process after limit
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'seq', 'turn_seq')
if not meta[1] then
  meta = {ARGV[1], '0', '0'}
  redis.call('HSET', KEYS[1], 'epoch', meta[1], 'seq', 0, 'turn_seq', 0)
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  redis.call('DEL', KEYS[2])
end
-- a log that is read lives on; one that is written lives longer anyway
local written = redis.call('HEXISTS', KEYS[1], 'writer')
if written == 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  redis.call('PEXPIRE', KEYS[2], ARGV[2])
end
redis.call('SADD', KEYS[3], ARGV[3])
redis.call('PEXPIRE', KEYS[3], 60000)
local after = tonumber(ARGV[4])
if after < 0 then after = math.max(tonumber(meta[3]) - 1, 0) end
local rows = redis.call('XRANGE', KEYS[2], string.format('(%d-0', after), '+', 'COUNT', ARGV[5])
local frames = {}
for i, row in ipairs(rows) do frames[i] = {row[1], row[2][2]} end
return {meta[1], meta[2], meta[3], frames, written}
