-- KEYS lease meta log inbox taken; ARGV lease idle_ms now_ms keep_ms received
local held = redis.call('GET', KEYS[1])
-- a lease that ended is still ours to give back while nobody has it since
if (held or redis.call('HGET', KEYS[2], 'writer')) ~= ARGV[1] then return 1 end
if redis.call('LLEN', KEYS[4]) > 0 then return 0 end
local call = redis.call('LINDEX', KEYS[5], 0)
if call and call ~= ARGV[5] then return 0 end
redis.call('DEL', KEYS[5])
local meta = redis.call('HMGET', KEYS[2], 'seq', 'marks')
local now, keep = tonumber(ARGV[3]), tonumber(ARGV[4])
-- a mark says which seq the log had reached when a turn ended; frames up to an old one may go
local marks, gone, last = {}, 0, nil
for at, seq in string.gmatch(meta[2] or '', '(%d+):(%d+);') do
  local ended = tonumber(at)
  if ended <= now - keep then
    gone = tonumber(seq)
  elseif ended <= now then
    marks[#marks + 1], last = at .. ':' .. seq .. ';', ended
  end
end
-- at most sixty: those of a log that is never at rest for long must grow old, too
if not last or now - last >= keep / 60 then
  marks[#marks + 1] = string.format('%d:%s;', now, meta[1])
end
if gone > 0 then redis.call('XTRIM', KEYS[3], 'MINID', string.format('%d-0', gone + 1)) end
redis.call('HSET', KEYS[2], 'marks', table.concat(marks))
redis.call('HDEL', KEYS[2], 'writer')
redis.call('DEL', KEYS[1])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
redis.call('PEXPIRE', KEYS[3], ARGV[2])
return 1
